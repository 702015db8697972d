package io.hybridsnapshot.sqlserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The check itself: it MUST accept T-SQL and reject other text. */
class TransactSqlTest {
    @Test
    void scriptsAreCutAtLinesOfGo() {
        assertEquals(
                List.of("SELECT 1;", "SELECT 2;", "SELECT 3;"),
                TransactSql.batches("SELECT 1;\nGO\nSELECT 2;\n  go  \n\nGO\nSELECT 3;"));
        assertEquals(List.of("SELECT 1;", "SELECT 1;"), TransactSql.batches("SELECT 1;\r\nGO 2\r\n"));
        assertEquals(List.of(), TransactSql.batches("-- nothing\nGO\n/* nor\nhere */\nGO\n"));
    }

    @Test
    void aGoWithinATextIsPartOfIt() {
        String text = "SELECT N'a\nGO\nb';\n/*\nGO\n*/\nSELECT [a\nGO\n];";
        assertEquals(List.of(text), TransactSql.batches(text));
        assertEquals(1, TransactSql.batches("SELECT a AS GO\nFROM t;").size());
    }

    @ParameterizedTest
    @EnumSource(GrammarGap.class)
    void whatTheGrammarLacksIsListedAndChecked(GrammarGap gap) {
        assertTrue(
                SqlServerGrammar.complaint(gap.example()).isPresent(),
                gap + ": the grammar knows it by now; leave it to the grammar");
        assertEquals(List.of(), TransactSql.faults(gap.example()), gap.answer());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select top (10) a from [dbo].[t] as x where x.a = N'it''s' order by a desc",
                "select \"a b\" from \"dbo\".\"t\" with (tablock, holdlock) where c = ?",
                "select a from t order by a offset 0 rows fetch next 5 rows only",
                "with x as (select 1 as a) select a from x full outer join y on x.a = y.a",
                "insert into [#t] with (tablock) (a, b) select a, max(b) from u group by a option (recompile)",
                "insert into t (a, b) values (?, ?), (?, ?)",
                "insert into t (a) output inserted.a values (?)",
                "update c set c.a = default from t as c with (tablockx) inner join u as d on d.a = c.a",
                "delete top (20000) from t where a = ?",
                "create unique index i on t (a) include (b) where c = 'X'",
                "if exists (select 1 from t) begin delete from t where a = 1; end else insert into t (a) values (1);",
                "begin try begin transaction; commit transaction; end try begin catch rollback transaction;"
                        + " throw; end catch;",
                "declare @a int, @b nvarchar(max) = N'x'; set @a = case when @b is null then 1 else 2 end; select @a;",
                "declare @r int; exec @r = sys.sp_executesql N'select @x', N'@x int', @x = 1; return;",
                "while @@trancount > 0 rollback transaction",
                "select [limit], [true], N'a || b :: now()' from t -- limit 5\n",
                "grant execute on object::[dbo].[p] to [r]",
                "drop table if exists [#t]",
                "select count(*) as n, a * 2 from t group by a",
                "select convert(char(36), a) as a from t order by convert(char(36), a) collate Latin1_General_100_BIN2"
            })
    void transactSqlIsAccepted(String sql) {
        assertEquals(List.of(), TransactSql.faults(sql));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-- a comment alone",
                "selec 1",
                "select from t",
                "select a, from t",
                "select a b c from t",
                "select a from t limit 5",
                "select a from t fetch first 5 rows only for update",
                "select * from t",
                "select c.* from t as c",
                "select top (1) * from t",
                "select a || b from t",
                "select a::int from t",
                "select a from t where true",
                "select a from t where a ilike 'x'",
                "select now()",
                "select `a` from t",
                "select a from t for update",
                "select a from t order by a nulls last",
                "select a from t where a in ()",
                "select a from t where (a, b) = (1, 2)",
                "select a from t where (a, b) in (select c, d from u)",
                "select a from t where a is distinct from b",
                "select a from t as x join u using (a)",
                "select a from t with (nolock)",
                "select a from t with (tablok)",
                "select a from t option (recompil)",
                "select a from t where a = :name",
                "select cast(a as varchar) from t",
                "select convert(nvarchar, a) from t",
                "select length(a) from t",
                "select greatest(a, b) from t",
                "insert into t (a) values (1",
                "insert into t (a) values (1) returning a",
                "insert into t (a) values (1) on conflict do nothing",
                "insert into t (a, b) values (1, 2), (3)",
                "insert into t (a, b) select a from u",
                "merge into t using u on t.a = u.a when matched then update set t.b = u.b;",
                "update t set where a = 1",
                "create table t (a boolean)",
                "create table t (a int, b bytea)",
                "create table if not exists t (a int)",
                "create temporary table t (a int)",
                "create table t (a nvarchar(10) null, primary key clustered)",
                "declare @a varchar = 'x'",
                "declare @a int; declare @A int",
                "select @a",
                "set @a = 1",
                "set xact_abort yes",
                "set search_path to x",
                "declare @a int; execute p @x = @a + 1",
                "execute p @x = 1, 2",
                "execute p concat(N'a', N'b')",
                "execute (N'select 1')",
                "throw 40000, N'too low', 1",
                "throw 50001, N'no state'",
                "if 1 = 1",
                "if select 1",
                "begin select 1;",
                "begin try select 1; end catch",
                "select 1 create table t (a int)",
                "select 1; create or alter procedure p as select 1",
                "create or alter procedure p @a as select 1",
                "create or alter procedure p @a int as begin select @b; end",
                "create or alter procedure p as",
                "create or alter trigger r on t after update, delete as",
                "create or alter trigger r on t before update as select 1",
                "create or alter trigger r on t after truncate as select 1",
                "create or alter trigger r t after update as select 1",
                "select 1; create or alter trigger r on t after update as select 1",
                "create or alter view v as",
                "create or alter view v as select a from t limit 1",
                "create or alter view v as select a from t; select 1",
                "create or alter view v as delete from t",
                "if update(a, b) return",
                "declare c cursor for",
                "fetch next from c",
                "select N'open",
                "select [open",
                "select 1 /* open",
                "grant update on t (a + b) to r",
                "comment on table t is 'x'"
            })
    void whatIsNoneIsRejected(String sql) {
        assertFalse(TransactSql.faults(sql).isEmpty(), sql);
    }

    @Test
    void aFaultIsToldWithItsBatchAndLine() {
        List<String> faults = TransactSql.faults("SELECT 1;\nGO\nSELECT 2;\nSELECT a\nFROM t LIMIT 1;\n");
        assertTrue(faults.get(0).startsWith("batch 2, line 3: LIMIT is not"), faults.toString());
        assertTrue(faults.get(1).startsWith("batch 2, line 2: "), faults.toString());
    }

    @Test
    void aStatementTakesNoMoreBindsThanTheServer() {
        String most = String.join(", ", Collections.nCopies(2_098, "?"));
        assertEquals(List.of(), TransactSql.faults("select a from t where a in (" + most + ")"));
        assertFalse(TransactSql.faults("select a from t where a in (" + most + ", ?)")
                .isEmpty());
    }
}
