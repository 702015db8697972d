package io.hybridsnapshot.sqlserver;

/**
 * Features of SQL Server that the grammar lacks, each with the smallest statement that shows it and with the treatment
 * of that statement. A statement that needs none of these goes to the grammar unchanged.
 */
enum GrammarGap {
    TABLE_HINTS(
            "delete c from t as c with (tablock, holdlock) where c.a = 1",
            "more than one hint, or any behind an alias of DELETE and UPDATE: checked against the list of"
                    + " hints, then left out"),
    QUERY_HINTS(
            "select a from t option (hash join, merge join, recompile)",
            "only OPTIMIZE FOR is known: checked against a list, then left out"),
    COLLATE_IN_CONDITIONS(
            "select a from t where a <> b collate Latin1_General_100_BIN2",
            "known in ORDER BY and in definitions of columns alone: a collation's name is checked by its shape,"
                    + " then left out"),
    STRING_AGG(
            "select string_agg(convert(nvarchar(100), a), N', ') within group (order by b) from t",
            "the function is not known: parsed as another one of two arguments, and its order as an ORDER BY"),
    RIGHTS_ON_COLUMNS(
            "grant update on [dbo].[t] ([a]) to [r]",
            "a list of columns behind the table: has to be names, then left out"),
    BRANCHES(
            "if @@trancount > 0 rollback transaction",
            "IF, ELSE, WHILE and BEGIN … END: the condition is parsed within a CASE, each statement within alone"),
    VARIABLES("declare @a int = 1", "DECLARE: the type is parsed as a column's, the value within a SELECT"),
    TABLE_VARIABLES("declare @a table ([b] int not null)", "DECLARE … TABLE: parsed as a CREATE TABLE"),
    ASSIGNMENTS("declare @a int; set @a = 1", "SET of a variable: the value is parsed within a SELECT"),
    SESSION_OPTIONS("set xact_abort on", "SET of an option: checked against a list"),
    PROCEDURE_CALLS(
            "execute sys.sp_executesql N'select 1'",
            "EXECUTE: checked for its own rules, constants and variables as arguments and never expressions"),
    ERRORS("throw 50001, N'text', 1", "THROW: checked for its own rules, three constants or variables"),
    CURSORS(
            "declare c cursor local fast_forward for select a from t",
            "the query is parsed alone; OPEN, FETCH NEXT, CLOSE and DEALLOCATE are checked for their shape"),
    PROCEDURE_BODIES(
            "create or alter procedure [dbo].[p] @a int = 1 as begin set nocount on; select @a; end",
            "one statement alone is known as a body: the head is parsed with such a one, the body statement by"
                    + " statement"),
    TRIGGERS(
            "create or alter trigger [r] on [t] after update, delete as begin set nocount on; select 1; end",
            "not known: the head is checked for its shape, the body statement by statement"),
    UPDATED_COLUMNS(
            "if not (update([a]) or update([b])) return",
            "the function of triggers is not known: takes one column, then left out"),
    WINDOW_COUNTS(
            "select a, count_big(*) over (partition by b, c) as n from t",
            "aggregates are not known with OVER: parsed as ROW_NUMBER");

    private final String example;
    private final String answer;

    GrammarGap(String example, String answer) {
        this.example = example;
        this.answer = answer;
    }

    /** A statement that SQL Server accepts and the grammar rejects. */
    String example() {
        return example;
    }

    /** The reason, and the treatment. */
    String answer() {
        return answer;
    }
}
