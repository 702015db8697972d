package io.hybridsnapshot.app;

/** The command line's entry point. */
public final class Main {

    private Main() {}

    /**
     * Prints the program's name.
     *
     * @param args the command line, not read yet
     */
    public static void main(String[] args) {
        System.out.println("hybrid-snapshots");
    }
}
