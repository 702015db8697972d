package io.hybridsnapshot.testkit.planted.parquet;

import io.hybridsnapshot.testkit.planted.engine.UseCase;

/** Violates: an adapter knows the engine. */
public final class ParquetOverEngine {
    UseCase useCase;
}
