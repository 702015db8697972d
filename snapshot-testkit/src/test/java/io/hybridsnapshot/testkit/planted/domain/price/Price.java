package io.hybridsnapshot.testkit.planted.domain.price;

import io.hybridsnapshot.testkit.planted.domain.order.Order;

/** Violates, together with Order: a cycle of two packages. */
public final class Price {
    Order order;
}
