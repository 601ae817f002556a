namespace VecStore.Storage;

/// <summary>
/// The values of one field while a segment is written: 8 bytes a row for numbers, 4 for strings and 4 for each entry of a list, and each
/// distinct string once. Written at the end, with the dictionary sorted.
/// </summary>
internal sealed class ColumnSpool(FieldType type)
{
    private const int PartAlignment = 64;

    private readonly BitList _presence = new();
    private readonly BitList _bits = new();              // Bool
    private readonly ChunkedList<long> _longs = new();   // Int64, Double
    private readonly ChunkedList<uint> _starts = new();  // StringList: where the list of each row starts
    private readonly ChunkedList<uint> _codes = new();   // String, StringList: codes in order of arrival
    private readonly GrowingDictionary _dictionary = new();
    private readonly Utf8Buffer _utf8 = new();

    public void Append(FieldValue value)
    {
        bool present = !value.IsAbsent;
        _presence.Add(present);
        switch (type)
        {
            case FieldType.Int64:
                _longs.Add(present ? value.AsInt64() : 0);
                break;
            case FieldType.Double:
                _longs.Add(present ? BitConverter.DoubleToInt64Bits(value.AsDouble()) : 0);
                break;
            case FieldType.Bool:
                _bits.Add(present && value.AsBool());
                break;
            case FieldType.String:
                _codes.Add(present ? _dictionary.Add(_utf8.Encode(value.AsString())) : 0);
                break;
            case FieldType.StringList:
                _starts.Add(checked((uint)_codes.Count));
                if (!present) break;
                foreach (string text in value.AsStringList()) _codes.Add(_dictionary.Add(_utf8.Encode(text)));
                break;
        }
    }

    /// <summary>Appends the value that another segment has, without making objects of it; null is a column that it lacks.</summary>
    public void AppendFrom(Column? column, int row)
    {
        if (column?.IsPresent(row) != true)
        {
            Append(default);
            return;
        }
        _presence.Add(true);
        switch (column)
        {
            case Int64Column numbers:
                _longs.Add(numbers.Value(row));
                break;
            case DoubleColumn numbers:
                _longs.Add(BitConverter.DoubleToInt64Bits(numbers.Value(row)));
                break;
            case BoolColumn bits:
                _bits.Add(bits.Value(row));
                break;
            case StringColumn strings:
                _codes.Add(_dictionary.Add(strings.Utf8(row)));
                break;
            case StringListColumn lists:
                _starts.Add(checked((uint)_codes.Count));
                foreach (uint code in lists.Codes(row)) _codes.Add(_dictionary.Add(lists.Dictionary[code]));
                break;
        }
    }

    /// <summary>Writes the column into the open section and says where its parts are.</summary>
    public void WriteTo(SectionFileWriter writer, ref FieldEntry entry)
    {
        entry.Type = (uint)type;
        entry.PresenceOffset = Begin(writer);
        _presence.WriteTo(writer);
        entry.ValuesOffset = Begin(writer);
        switch (type)
        {
            case FieldType.Int64 or FieldType.Double:
                _longs.WriteTo(writer);
                break;
            case FieldType.Bool:
                _bits.WriteTo(writer);
                break;
            case FieldType.String:
                uint[] strings = SortDictionary();
                _codes.WriteTo(writer);
                WriteDictionary(writer, strings, ref entry);
                break;
            case FieldType.StringList:
                _starts.Add(checked((uint)_codes.Count));
                _starts.WriteTo(writer);
                uint[] entries = SortDictionary();
                entry.CodesOffset = Begin(writer);
                entry.CodesCount = _codes.Count;
                _codes.WriteTo(writer);
                WriteDictionary(writer, entries, ref entry);
                break;
        }
    }

    /// <summary>Turns codes in order of arrival into codes in order of the strings; returns the old codes in that order.</summary>
    private uint[] SortDictionary()
    {
        uint[] sorted = new uint[_dictionary.Count];
        for (int i = 0; i < sorted.Length; i++) sorted[i] = (uint)i + 1;
        Array.Sort(sorted, (left, right) => _dictionary[left].SequenceCompareTo(_dictionary[right]));
        uint[] rank = new uint[sorted.Length + 1];
        for (int i = 0; i < sorted.Length; i++) rank[sorted[i]] = (uint)i + 1;
        for (long i = 0; i < _codes.Count; i++) _codes[i] = rank[_codes[i]];
        return sorted;
    }

    private void WriteDictionary(SectionFileWriter writer, uint[] sorted, ref FieldEntry entry)
    {
        entry.DictionaryCount = (uint)sorted.Length;
        entry.DictionaryOffset = Begin(writer);
        long end = 0;
        writer.Write<long>([end]);
        foreach (uint code in sorted)
        {
            end += _dictionary[code].Length;
            writer.Write<long>([end]);
        }
        entry.DictionaryBytesOffset = Begin(writer);
        entry.DictionaryBytesLength = end;
        foreach (uint code in sorted) writer.Write(_dictionary[code]);
    }

    private static long Begin(SectionFileWriter writer)
    {
        writer.Align(PartAlignment);
        return writer.Position;
    }
}
