package io.hybridsnapshot.excel;

import io.hybridsnapshot.csv.RecordCells;
import io.hybridsnapshot.csv.RecordStream;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dhatim.fastexcel.reader.Cell;
import org.dhatim.fastexcel.reader.ExcelReaderException;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.dhatim.fastexcel.reader.ReadingOptions;
import org.dhatim.fastexcel.reader.Row;
import org.dhatim.fastexcel.reader.Sheet;
import org.dhatim.fastexcel.reader.SheetVisibility;
import org.jspecify.annotations.Nullable;

/** The rows of one reading of a sheet. For one thread. */
final class SheetStream implements RecordStream {
    private static final int SHOWN_SHEETS = 20;
    private static final int SHOWN_CHARS = 60;

    /** The values of formulas that failed, as files in English spell them (ECMA-376, section 18.17.3). */
    private static final Set<String> ERRORS = Set.of(
            "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!");

    private final ExcelFile file;
    private final ReadableWorkbook workbook;
    private final Sheet sheet;
    private final boolean since1904;
    private final Map<String, NumberFormat> formats = new HashMap<>();
    private @Nullable Stream<Row> stream;
    private Iterator<Row> rows = List.<Row>of().iterator();
    private List<String> columns = List.of();

    /** The position in the sheet of the first column of the table. */
    private int firstColumn;

    private int headerRow;
    private final Count errors = new Count();
    private final Count unknown = new Count();

    /** Formulas whose stored value is empty: an empty text, or no value at all. The reader does not tell which. */
    private final Count empty = new Count();

    private boolean hasStoredValues;

    /** Opens a workbook and finds the sheet. */
    SheetStream(ExcelFile file, Optional<String> name) {
        this.file = file;
        this.workbook = open(file);
        boolean whole = false;
        try {
            this.sheet = find(name);
            this.since1904 = workbook.isDate1904();
            whole = true;
        } finally {
            if (!whole) {
                close();
            }
        }
    }

    private static ReadableWorkbook open(ExcelFile file) {
        try {
            try {
                return new ReadableWorkbook(file.path().toFile(), new ReadingOptions(true, true));
            } catch (ExcelReaderException e) {
                // A workbook without formats has no part for them, which the reader then misses.
                if ("null not found".equals(e.getMessage())) {
                    return new ReadableWorkbook(file.path().toFile(), new ReadingOptions(false, true));
                }
                throw e;
            }
        } catch (IOException e) {
            throw file.failure(e);
        } catch (RuntimeException e) {
            throw file.damage(String.valueOf(e.getMessage()), e);
        }
    }

    private Sheet find(Optional<String> name) {
        List<Sheet> sheets = workbook.getSheets().toList();
        if (sheets.isEmpty()) {
            throw file.damage("a workbook without sheets", null);
        }
        if (name.isEmpty()) {
            return sheets.stream()
                    .filter(each -> each.getVisibility() == SheetVisibility.VISIBLE)
                    .findFirst()
                    .orElse(sheets.get(0));
        }
        return sheets.stream()
                .filter(each -> each.getName().equals(name.get()))
                .findFirst()
                .orElseThrow(() -> SnapshotException.invalidRequest("the workbook has no such sheet")
                        .where(file.place())
                        .actual("no sheet '" + shown(name.get()) + "'")
                        .expected("one of "
                                + sheets.stream()
                                        .limit(SHOWN_SHEETS)
                                        .map(each -> "'" + shown(each.getName()) + "'")
                                        .collect(Collectors.joining(", "))
                                + (sheets.size() > SHOWN_SHEETS
                                        ? " and " + (sheets.size() - SHOWN_SHEETS) + " more"
                                        : ""))
                        .nextStep("correct the name of the sheet; upper and lower case count")
                        .build());
    }

    String sheetName() {
        return sheet.getName();
    }

    /** Reads the first row with a value, which names the columns. */
    void readHeader() {
        try {
            stream = sheet.openStream();
            rows = stream.iterator();
        } catch (IOException e) {
            throw file.failure(e);
        } catch (RuntimeException e) {
            throw unreadable(e);
        }
        Row row = nextRow();
        List<String> names = new ArrayList<>();
        while (row != null && names.isEmpty()) {
            headerRow = row.getRowNum();
            for (Cell cell : row) {
                String text = cell == null ? null : text(cell, row.getRowNum());
                if (text != null && !text.isEmpty()) {
                    if (names.isEmpty()) {
                        firstColumn = cell.getColumnIndex();
                    }
                    while (names.size() < cell.getColumnIndex() - firstColumn) {
                        names.add("");
                    }
                    names.add(text);
                }
            }
            row = names.isEmpty() ? nextRow() : row;
        }
        if (names.isEmpty()) {
            throw SnapshotException.invalidRequest("the sheet has no header")
                    .where(file.place() + ", sheet '" + shown(sheetName()) + "'")
                    .actual("an empty sheet")
                    .expected("a first row with the names of the columns")
                    .nextStep("name another sheet of the workbook")
                    .build();
        }
        requireNames(names);
        columns = List.copyOf(names);
        errors.clear();
        unknown.clear();
        empty.clear();
        hasStoredValues = false;
    }

    private void requireNames(List<String> names) {
        Map<String, Integer> positions = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            if (name.isEmpty()) {
                throw SnapshotException.invalidRequest("a column of the header has no name")
                        .where(at(headerRow) + ", column " + letters(firstColumn + i))
                        .actual("an empty cell between names")
                        .expected("a name for every column, in the first row with a value")
                        .nextStep("name the column, or remove the rows above the header")
                        .build();
            }
            Integer earlier = positions.put(name, i);
            if (earlier != null) {
                throw SnapshotException.invalidRequest("two columns of the header have one name")
                        .where(at(headerRow) + ", columns " + letters(firstColumn + earlier) + " and "
                                + letters(firstColumn + i))
                        .actual("'" + shown(name) + "' twice")
                        .expected("every column name once")
                        .nextStep("rename one of them")
                        .build();
            }
        }
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public long firstNumber() {
        return headerRow;
    }

    @Override
    public String place(long number) {
        return "sheet '" + shown(sheetName()) + "', row " + number;
    }

    @Override
    public boolean next(RecordCells cells) {
        for (Row row = nextRow(); row != null; row = nextRow()) {
            boolean hasValue = false;
            cells.begin(row.getRowNum());
            for (Cell cell : row) {
                String text = cell == null ? null : text(cell, row.getRowNum());
                if (text == null) {
                    continue;
                }
                int column = cell.getColumnIndex() - firstColumn;
                if (column >= 0 && column < columns.size()) {
                    cells.text(column, text);
                    hasValue |= !text.isEmpty();
                } else if (!text.isEmpty()) {
                    throw nameless(row.getRowNum(), cell.getColumnIndex(), text);
                }
            }
            if (hasValue) {
                cells.end();
                return true;
            }
            cells.drop();
        }
        return false;
    }

    private SnapshotException nameless(int row, int column, String text) {
        return SnapshotException.invalidRequest("a cell stands in a column without a name")
                .where(at(row) + ", column " + letters(column))
                .actual("'" + shown(text) + "'")
                .expected("values below the header, columns " + letters(firstColumn) + " to "
                        + letters(firstColumn + columns.size() - 1) + " of row " + headerRow)
                .nextStep("name the column, clear the cell, or remove the rows above the header")
                .build();
    }

    private @Nullable Row nextRow() {
        try {
            return rows.hasNext() ? rows.next() : null;
        } catch (UncheckedIOException e) {
            throw file.failure(e.getCause());
        } catch (RuntimeException e) {
            throw unreadable(e);
        }
    }

    private SnapshotException unreadable(RuntimeException e) {
        return file.damage("sheet '" + shown(sheetName()) + "': " + e.getMessage(), e);
    }

    /** The text of a cell; null for a cell without a value. */
    private @Nullable String text(Cell cell, int row) {
        String raw = cell.getRawValue();
        switch (cell.getType()) {
            case EMPTY -> {
                return null;
            }
            case STRING -> {
                // openpyxl writes an empty text without any. A number of a shared text that is not there looks alike.
                return cell.getValue() == null ? "" : CellTexts.unescaped(cell.getText());
            }
            case BOOLEAN -> {
                return String.valueOf(cell.getValue());
            }
            case ERROR -> {
                errors.add(row, raw);
                return raw;
            }
            case NUMBER -> {
                return CellTexts.of(raw, format(cell), since1904);
            }
            default -> {
                return formula(cell, row);
            }
        }
    }

    /** The value that the program stored beside the formula when it saved the file. */
    private @Nullable String formula(Cell cell, int row) {
        String raw = cell.getRawValue();
        if (raw == null) {
            unknown.add(row, "");
            return null;
        }
        if (raw.isEmpty()) {
            empty.add(row, "");
            return "";
        }
        hasStoredValues = true;
        if (cell.getValue() instanceof BigDecimal) {
            return CellTexts.of(raw, format(cell), since1904);
        }
        if (cell.getValue() instanceof Boolean bool) {
            return bool.toString();
        }
        if (ERRORS.contains(raw)) {
            errors.add(row, raw);
        }
        return CellTexts.unescaped(raw);
    }

    private NumberFormat format(Cell cell) {
        Integer number = cell.getDataFormatId();
        if (number == null) {
            return NumberFormat.NUMBER;
        }
        String code = cell.getDataFormatString();
        return formats.computeIfAbsent(number + " " + code, key -> NumberFormat.of(number, code == null ? "" : code));
    }

    @Override
    public Optional<String> remark() {
        List<String> remarks = new ArrayList<>();
        if (errors.count > 0) {
            remarks.add(errors.shown("cell") + " an error of Excel as text, the first '" + shown(errors.first) + "' in "
                    + place(errors.row));
        }
        // A program that stores no values stores none at all.
        Count without = unknown.count > 0 || hasStoredValues ? unknown : empty;
        if (without.count > 0) {
            remarks.add(without.shown("formula") + " no stored value and no text but NULL, the first in "
                    + place(without.row) + ": open the file in Excel and save it");
        }
        return remarks.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", remarks));
    }

    private String at(long row) {
        return file.place() + ", " + place(row);
    }

    /** The letters of a column, from 0: A, B, …, Z, AA. */
    static String letters(int column) {
        StringBuilder letters = new StringBuilder();
        for (int rest = column + 1; rest > 0; rest = (rest - 1) / 26) {
            letters.insert(0, (char) ('A' + (rest - 1) % 26));
        }
        return letters.toString();
    }

    private static String shown(String text) {
        String cut = text.length() > SHOWN_CHARS ? text.substring(0, SHOWN_CHARS) + "…" : text;
        return cut.replaceAll("\\p{Cntrl}", " ");
    }

    @Override
    public void close() {
        try (workbook) {
            if (stream != null) {
                stream.close();
            }
        } catch (IOException e) {
            throw file.failure(e);
        }
    }

    /** The number of cells of a kind, and the first of them. */
    private static final class Count {
        private long count;
        private int row;
        private String first = "";

        void add(int where, String text) {
            if (count++ == 0) {
                row = where;
                first = text;
            }
        }

        void clear() {
            count = 0;
        }

        String shown(String what) {
            return count == 1 ? "1 " + what + " holds" : count + " " + what + "s hold";
        }
    }
}
