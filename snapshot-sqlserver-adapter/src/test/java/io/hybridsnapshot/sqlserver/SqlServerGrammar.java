package io.hybridsnapshot.sqlserver;

import java.util.Optional;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.Token;
import org.apache.shardingsphere.sql.parser.autogen.SQLServerStatementLexer;
import org.apache.shardingsphere.sql.parser.autogen.SQLServerStatementParser;

/** The unchanged T-SQL grammar of Apache ShardingSphere: one statement at a time. Stateless. */
public final class SqlServerGrammar {
    private SqlServerGrammar() {}

    /** The grammar's complaint about a statement; empty if the grammar accepts it. */
    public static Optional<String> complaint(String statement) {
        FirstError error = new FirstError();
        SQLServerStatementLexer lexer = new SQLServerStatementLexer(CharStreams.fromString(statement));
        lexer.removeErrorListeners();
        lexer.addErrorListener(error);
        CommonTokenStream tokens = new CommonTokenStream(lexer);
        SQLServerStatementParser parser = new SQLServerStatementParser(tokens);
        parser.removeErrorListeners();
        parser.addErrorListener(error);
        parser.execute();
        if (error.message.isEmpty() && tokens.LA(1) != Token.EOF) {
            return Optional.of("it ends before '" + tokens.LT(1).getText() + "'");
        }
        return error.message;
    }

    private static final class FirstError extends BaseErrorListener {
        private static final int SHOWN = 120;

        private Optional<String> message = Optional.empty();

        @Override
        public void syntaxError(
                Recognizer<?, ?> recognizer,
                Object symbol,
                int line,
                int column,
                String text,
                RecognitionException cause) {
            if (message.isEmpty()) {
                message = Optional.of(text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text);
            }
        }
    }
}
