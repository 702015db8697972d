package io.hybridsnapshot.app.cli;

import picocli.CommandLine.IVersionProvider;

/** The program's version, for the command line's parser. */
final class ProgramVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {StoredAnswers.version()};
    }
}
