using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace VecStore.Storage.Tests.Format;

/// <summary>A small segment with its bytes explained, in the way of Pebble's test data: a change of the format is a readable difference.</summary>
internal static class GoldenSegment
{
    private static readonly CollectionSchema Schema = new(3)
    {
        Metric = Metric.Cosine,
        Fields = [new("lang", FieldType.String), new("year", FieldType.Int64)],
    };

    public static string Annotated()
    {
        using TestFolder folder = new();
        using (SegmentWriter writer = SegmentWriter.Create(folder.Files, folder.Path("s"), id: 5, Schema))
        {
            writer.Append(SampleRows.Floats(1, 0, 0), 1, 0, key: 42, ["fr", 2024L]);
            writer.Append(SampleRows.Floats(0, 3, 4), 0.2f, 0, key: -7, ["en"]);
            writer.Complete();
        }
        Annotation text = new(folder.Read("s"));
        return text.Write();
    }

    private sealed class Annotation(byte[] bytes)
    {
        private readonly StringBuilder _text = new();
        private int _end; // everything before it is explained or zero

        public string Write()
        {
            FileHeader header = MemoryMarshal.Read<FileHeader>(bytes);
            Heading("header");
            Struct<FileHeader>(0);
            var sections = MemoryMarshal.Cast<byte, SectionEntry>(bytes.AsSpan(FileHeader.SectionTableOffset))[..(int)header.SectionCount].ToArray();
            Heading("section table");
            for (int i = 0; i < sections.Length; i++) Struct<SectionEntry>(FileHeader.SectionTableOffset + (i * SectionEntry.Size));
            Heading("properties");
            Struct<SegmentProperties>(FileHeader.PropertiesOffset);
            Values<uint>(FileHeader.ChecksumOffset, 1, "CRC-32C of bytes 0-4091");
            foreach (SectionEntry section in sections)
            {
                string tag = Tag(section.Tag);
                Heading($"section {tag}");
                int start = (int)section.Offset, length = (int)section.Length;
                switch (tag)
                {
                    case SegmentSections.Vectors:
                        Values<float>(start, 3, "row 0");
                        Values<float>(start + 64, 3, "row 1");
                        break;
                    case SegmentSections.InverseNorms:
                        Values<float>(start, length / 4, "1 / |row|");
                        break;
                    case SegmentSections.Keys:
                        Values<long>(start, length / 8, "keys");
                        break;
                    case SegmentSections.KeyTable:
                        Values<uint>(start, length / 4, "slots: row + 1");
                        break;
                    case SegmentSections.Columns:
                        FieldEntry[] fields = Fields(sections);
                        Values<ulong>(start + (int)fields[0].PresenceOffset, 1, "lang: presence");
                        Values<uint>(start + (int)fields[0].ValuesOffset, 2, "lang: codes");
                        Values<long>(start + (int)fields[0].DictionaryOffset, 3, "lang: dictionary offsets");
                        Text(start + (int)fields[0].DictionaryBytesOffset, (int)fields[0].DictionaryBytesLength, "lang: dictionary");
                        Values<ulong>(start + (int)fields[1].PresenceOffset, 1, "year: presence");
                        Values<long>(start + (int)fields[1].ValuesOffset, 2, "year: values");
                        break;
                    case SegmentSections.Fields:
                        Struct<FieldEntry>(start);
                        Struct<FieldEntry>(start + FieldEntry.Size);
                        Text(start + (2 * FieldEntry.Size), 8, "names");
                        break;
                    default:
                        throw new InvalidOperationException($"section {tag} is not explained");
                }
            }
            Heading("checksums");
            int table = FileHeader.BlockBytes + (int)header.DataLength;
            Values<uint>(table, (int)header.BlockCount, "CRC-32C of the blocks");
            Values<uint>(table + (4 * (int)header.BlockCount), (int)header.RootCount, "CRC-32C of the pages of the table");
            Skip(bytes.Length);
            return _text.ToString();
        }

        private FieldEntry[] Fields(SectionEntry[] sections)
        {
            SectionEntry section = Array.Find(sections, section => Tag(section.Tag) == SegmentSections.Fields);
            return MemoryMarshal.Cast<byte, FieldEntry>(bytes.AsSpan((int)section.Offset))[..2].ToArray();
        }

        private static string Tag(uint tag) => Encoding.ASCII.GetString(BitConverter.GetBytes(tag));

        private void Heading(string name) => _text.Append(name).Append('\n');

        private void Struct<T>(int start) where T : unmanaged
        {
            foreach (FieldInfo field in typeof(T).GetFields(BindingFlags.Public | BindingFlags.Instance))
            {
                object value = field.GetValue(MemoryMarshal.Read<T>(bytes.AsSpan(start)))!;
                string shown = field.Name is "Tag" or "Magic"
                    ? Encoding.ASCII.GetString(bytes, start + field.GetCustomAttribute<FieldOffsetAttribute>()!.Value, Marshal.SizeOf(field.FieldType))
                    : field.Name.EndsWith("Checksum", StringComparison.Ordinal) ? "(below)" : Convert.ToString(value, CultureInfo.InvariantCulture)!;
                Line(start + field.GetCustomAttribute<FieldOffsetAttribute>()!.Value, Marshal.SizeOf(field.FieldType), $"{field.Name} = {shown}");
            }
        }

        private void Values<T>(int start, int count, string label) where T : unmanaged
        {
            int size = Marshal.SizeOf<T>();
            for (int i = 0; i < count; i++)
            {
                string shown = Convert.ToString(MemoryMarshal.Read<T>(bytes.AsSpan(start + (i * size))), CultureInfo.InvariantCulture)!;
                Line(start + (i * size), size, label.StartsWith("CRC", StringComparison.Ordinal) ? $"{label}, {i}" : $"{label}, {i} = {shown}");
            }
        }

        private void Text(int start, int length, string label) => Line(start, length, $"{label} = {Encoding.UTF8.GetString(bytes, start, length)}");

        private void Line(int start, int length, string label)
        {
            Skip(start);
            string range = string.Create(CultureInfo.InvariantCulture, $"{start}-{start + length - 1}");
            _text.Append(CultureInfo.InvariantCulture, $"├── {range,-12} x {Convert.ToHexStringLower(bytes, start, length),-16} # {label}\n");
            _end = start + length;
        }

        // What is not explained must be zero.
        private void Skip(int start)
        {
            Assert.True(start >= _end, $"byte {start} is explained twice");
            Assert.False(bytes.AsSpan(_end, start - _end).ContainsAnyExcept((byte)0), $"bytes {_end} to {start - 1} are neither explained nor zero");
        }
    }
}
