package io.hybridsnapshot.domain.window;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WriterRequestTest {
    @Test
    void patienceBeyondTheLargestIntIsCut() {
        assertEquals(0, new WriterRequest("test", Duration.ZERO).patienceMillis());
        assertEquals(1_500, new WriterRequest("test", Duration.ofMillis(1_500)).patienceMillis());
        assertEquals(Integer.MAX_VALUE, new WriterRequest("test", Duration.ofDays(1_000)).patienceMillis());
        assertEquals(Integer.MAX_VALUE, new WriterRequest("test", Duration.ofSeconds(Long.MAX_VALUE)).patienceMillis());
    }
}
