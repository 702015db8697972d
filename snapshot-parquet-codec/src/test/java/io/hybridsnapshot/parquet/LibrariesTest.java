package io.hybridsnapshot.parquet;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class LibrariesTest {
    @Test
    void allOtherTestsRunWithoutHadoop() {
        for (String name : new String[] {"org.apache.hadoop.conf.Configuration", "org.apache.hadoop.fs.Path"}) {
            assertThrows(ClassNotFoundException.class, () -> Class.forName(name));
        }
    }
}
