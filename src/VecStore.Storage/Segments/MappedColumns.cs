using System.Text;

namespace VecStore.Storage;

/// <summary>Reads the fields of a mapped segment and opens a column over the bytes of each.</summary>
internal static unsafe class MappedColumns
{
    public static Column[] Open(SectionFile file, int fieldCount, int rowCount)
    {
        if (fieldCount == 0) return [];
        MappedSection fields = file[SegmentSections.Fields], columns = file[SegmentSections.Columns];
        if (fieldCount < 0) throw fields.Corrupt(0, "a number of fields", $"{fieldCount}");
        fields.Ensure(0, fieldCount * (long)FieldEntry.Size);
        var opened = new Column[fieldCount];
        for (int i = 0; i < fieldCount; i++) opened[i] = Open(fields, columns, ((FieldEntry*)fields.Base)[i], rowCount);
        return opened;
    }

    private static Column Open(MappedSection fields, MappedSection columns, in FieldEntry entry, int rowCount)
    {
        if (entry.NameLength > 1024) throw fields.Corrupt(entry.NameOffset, "a name of at most 1,024 bytes", $"{entry.NameLength} bytes");
        if (entry.DictionaryCount > int.MaxValue || (ulong)entry.CodesCount > uint.MaxValue)
            throw fields.Corrupt(0, "counts that fit a column", $"{entry.DictionaryCount} strings and {entry.CodesCount} codes");
        string name = Encoding.UTF8.GetString(fields.Read(entry.NameOffset, (int)entry.NameLength));
        var field = new FieldSchema(name, (FieldType)entry.Type);
        long words = RowSet.WordsFor(rowCount) * (long)sizeof(ulong);
        var presence = new ColumnPart(columns, entry.PresenceOffset, words);
        return field.Type switch
        {
            FieldType.Int64 => new Int64Column(field, presence, Values(entry, rowCount * (long)sizeof(long))),
            FieldType.Double => new DoubleColumn(field, presence, Values(entry, rowCount * (long)sizeof(double))),
            FieldType.Bool => new BoolColumn(field, presence, Values(entry, words)),
            FieldType.String => new StringColumn(field, presence, Values(entry, rowCount * (long)sizeof(uint)), Dictionary(entry)),
            FieldType.StringList => new StringListColumn(field, presence, Values(entry, (rowCount + 1L) * sizeof(uint)),
                new CodeRuns(new ColumnPart(columns, entry.CodesOffset, entry.CodesCount * sizeof(uint))), Dictionary(entry)),
            _ => throw fields.Corrupt(0, "a field type from 1 to 5", $"{entry.Type}"),
        };

        ColumnPart Values(in FieldEntry entry, long length) => new(columns, entry.ValuesOffset, length);

        MappedDictionary Dictionary(in FieldEntry entry) => new(
            new ColumnPart(columns, entry.DictionaryOffset, (entry.DictionaryCount + 1L) * sizeof(long)),
            new ColumnPart(columns, entry.DictionaryBytesOffset, entry.DictionaryBytesLength),
            (int)entry.DictionaryCount);
    }
}
