package io.hybridsnapshot.app.config;

import io.hybridsnapshot.app.adapter.AdapterChoice;
import io.hybridsnapshot.domain.spi.SourceProvider;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/** The origin of a dataset's rows. */
public sealed interface SourceSection {
    /** The file that is read, if it is one. */
    default Optional<Path> path() {
        if (this instanceof Csv csv) {
            return Optional.of(csv.file());
        }
        if (this instanceof JsonLines json) {
            return Optional.of(json.file());
        }
        if (this instanceof Excel excel) {
            return Optional.of(excel.file());
        }
        return this instanceof Parquet parquet ? Optional.of(parquet.file()) : Optional.empty();
    }

    /** This source; a workbook without a named sheet is read at the sheet that an earlier definition names. */
    default SourceSection after(SourceSection earlier) {
        return this instanceof Excel excel && excel.sheet().isEmpty() && earlier instanceof Excel other
                ? new Excel(excel.file(), other.sheet())
                : this;
    }

    /**
     * A CSV file, compressed or not.
     *
     * @param file its path
     */
    record Csv(Path file) implements SourceSection {
        public Csv {
            Objects.requireNonNull(file, "file");
        }
    }

    /**
     * A file of JSON lines, compressed or not.
     *
     * @param file its path
     */
    record JsonLines(Path file) implements SourceSection {
        public JsonLines {
            Objects.requireNonNull(file, "file");
        }
    }

    /**
     * A sheet of an Excel workbook.
     *
     * @param file the workbook's path
     * @param sheet the name of the sheet; empty: the first that is not hidden
     */
    record Excel(Path file, Optional<String> sheet) implements SourceSection {
        public Excel {
            Objects.requireNonNull(file, "file");
            Objects.requireNonNull(sheet, "sheet");
        }
    }

    /**
     * A Parquet file.
     *
     * @param file its path
     */
    record Parquet(Path file) implements SourceSection {
        public Parquet {
            Objects.requireNonNull(file, "file");
        }
    }

    /**
     * A source of an adapter from a jar.
     *
     * @param choice the adapter and its settings
     */
    record Foreign(AdapterChoice<SourceProvider> choice) implements SourceSection {
        public Foreign {
            Objects.requireNonNull(choice, "choice");
        }
    }

    /**
     * A query on a PostgreSQL or a SQL Server.
     *
     * @param sql one SELECT
     * @param server the server; empty: the window's database
     * @param parallel the ranges to read it in; empty: it is read in one piece
     */
    record Query(String sql, Optional<ServerSection> server, Optional<ParallelSection> parallel)
            implements SourceSection {
        public Query {
            Objects.requireNonNull(sql, "sql");
            Objects.requireNonNull(server, "server");
            Objects.requireNonNull(parallel, "parallel");
        }

        /** A query that is read in one piece. */
        public Query(String sql, Optional<ServerSection> server) {
            this(sql, server, Optional.empty());
        }
    }
}
