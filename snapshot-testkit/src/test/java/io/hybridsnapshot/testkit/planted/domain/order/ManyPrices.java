package io.hybridsnapshot.testkit.planted.domain.order;

import io.hybridsnapshot.testkit.planted.domain.price.Price;
import java.util.List;

/** Adds many dependencies to the cycle of Order and Price: a report shows one of them. */
final class ManyPrices {
    private Price first;
    private Price second;
    private List<Price> third;

    Price sum(Price one, Price other) {
        return one == other ? first : second;
    }

    List<Price> all(Price... more) {
        return more.length == 0 ? third : List.of(more);
    }
}
