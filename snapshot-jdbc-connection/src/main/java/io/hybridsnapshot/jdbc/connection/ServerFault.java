package io.hybridsnapshot.jdbc.connection;

import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.silence.SilentConnectionException;
import java.util.Objects;

/**
 * An error of a database server, and the words that the errors of all servers share. In each {@code task} the work that
 * failed is worded to follow "while": {@code reading the ledger}. Immutable.
 *
 * @param server the database server's name: {@code PostgreSQL}
 * @param address the database, without secrets
 * @param reported the server's or the driver's own report, without contents of rows
 * @param cause the error of jOOQ or the driver
 */
public record ServerFault(String server, String address, String reported, Exception cause) {
    /** The next step after a commit with an unknown outcome. */
    public static final RemedyText RECOVER =
            RemedyText.of("nothing is lost: {0} finds the outcome and completes the work", CommonRemedy.RECOVERY);

    public ServerFault {
        Objects.requireNonNull(server, "server");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(reported, "reported");
        Objects.requireNonNull(cause, "cause");
    }

    private SnapshotException.Builder described(SnapshotException.Builder error) {
        return error.where(address).actual(reported).cause(cause);
    }

    /** The server cannot do the work now. */
    public SnapshotException.Builder unavailable(String problem) {
        return described(SnapshotException.unavailable(problem));
    }

    /** The server is reachable and refuses a setting of the configuration. The same call fails again. */
    public SnapshotException.Builder refused(String problem) {
        return invalid(problem).storeRefused();
    }

    /** The request cannot be carried out in the database's present form. */
    public SnapshotException.Builder invalid(String problem) {
        return described(SnapshotException.invalidRequest(problem));
    }

    /** Another transaction was in the way. */
    public SnapshotException conflict(String problem) {
        return described(SnapshotException.conflict(problem))
                .nextStep("{0}", CommonRemedy.REPEAT)
                .build();
    }

    /** The server let another transaction go first. */
    public SnapshotException gaveWay(String task) {
        return conflict(server + " gave way to another transaction while " + task);
    }

    /** The server found damaged data. */
    public SnapshotException damaged(String task, String nextStep) {
        return described(SnapshotException.corrupt(server + " found damaged data while " + task))
                .nextStep(nextStep)
                .build();
    }

    /** The server's answers stopped. */
    public SnapshotException silent(String task) {
        return unavailable(server + " fell silent while " + task)
                .nextStep("check the network and the server, then {0}", CommonRemedy.REPEAT)
                .build();
    }

    /** The connection is gone. */
    public SnapshotException broken(String task) {
        return unavailable("the connection to " + server + " broke while " + task)
                .nextStep("check the server, then {0}", CommonRemedy.REPEAT)
                .build();
    }

    /**
     * The user lacks a right.
     *
     * @param page the title of the documentation's page that lists the rights
     */
    public SnapshotException rightMissing(String task, String page) {
        return refused("a right is missing for " + task)
                .nextStep("grant it; the documentation's page '" + page + "' lists the rights")
                .build();
    }

    /** A table, column or function is missing. */
    public SnapshotException objectMissing(String task) {
        return unavailable("the database lacks something that is needed for " + task)
                .nextStep("run {0} as a user who may make tables, or the scripts in sql/", CommonRemedy.MIGRATION)
                .build();
    }

    /** Any other error of a task. */
    public SnapshotException failed(String task) {
        return unavailable(server + " failed while " + task).build();
    }

    /** The server does not accept the user or the password. */
    public SnapshotException.Builder loginRefused() {
        return refused(server + " refused the login");
    }

    /** No server answers at the address. */
    public SnapshotException unreachable() {
        return unavailable(server + " cannot be reached")
                .nextStep("check that the server runs and that host and port are right")
                .build();
    }

    /** Any other error while a connection was opened. */
    public SnapshotException notConnected() {
        return unavailable("no connection to " + server)
                .nextStep("check the connection's settings")
                .build();
    }

    /** The connection went silent or broke during a commit, which the server may have made. */
    public SnapshotException.Builder outcomeUnknown(String task) {
        return described(SnapshotException.outcomeUnknown(lostCommit(task))).nextStep(RECOVER);
    }

    /** The problem of {@link #outcomeUnknown}. */
    public String lostCommit(String task) {
        String what = SilentConnectionException.isBehind(cause)
                ? server + " fell silent"
                : "the connection to " + server + " broke";
        return what + " during the commit of " + task;
    }
}
