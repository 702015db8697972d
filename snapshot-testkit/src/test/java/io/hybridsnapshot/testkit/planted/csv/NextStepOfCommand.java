package io.hybridsnapshot.testkit.planted.csv;

/** Names commands and options in its texts. */
public final class NextStepOfCommand {
    private static final String OPTION = "leave out --planted";

    public String list() {
        return "'snapshot list' shows them";
    }

    public String again(int times) {
        return times + " times, then run the command again";
    }

    public String recover(String dataset) {
        return "'snapshot recover " + dataset + "' recovers it";
    }

    public String option() {
        return OPTION;
    }

    public String harmless() {
        return "select 1 -- a remark; a snapshot is a state, and a pre--fix no option";
    }
}
