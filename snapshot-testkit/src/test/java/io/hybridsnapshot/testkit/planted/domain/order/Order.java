package io.hybridsnapshot.testkit.planted.domain.order;

import io.hybridsnapshot.testkit.planted.domain.price.Price;

/** Violates, together with Price: a cycle of two packages. */
public final class Order {
    Price price;
}
