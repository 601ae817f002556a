using System.Buffers.Binary;
using System.Text;

namespace VecStore.Formats.Tests.Numpy;

public class NpyTests
{
    private static readonly float[] Numbers = [1, -2.5f, 0, 3, 4, 100, -7, 8, 9, 10, 11, 12];

    internal static byte[] Npy(string descr, string shape, byte[] data, bool fortran = false, int version = 1)
    {
        string dict = $"{{'descr': {descr}, 'fortran_order': {(fortran ? "True" : "False")}, 'shape': {shape}, }}";
        int prefix = version == 1 ? 10 : 12;
        byte[] text = Encoding.UTF8.GetBytes(dict.PadRight((prefix + dict.Length + 64) / 64 * 64 - prefix - 1) + "\n");
        byte[] length = new byte[prefix - 8];
        if (version == 1) BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)text.Length);
        else BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)text.Length);
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. text, .. data];
    }

    private static byte[] Bytes(string type, IEnumerable<float> values) => [.. values.SelectMany(value =>
    {
        byte[] bytes = type[1..] switch
        {
            "f4" => BitConverter.GetBytes(value),
            "f8" => BitConverter.GetBytes((double)value),
            "f2" => BitConverter.GetBytes((Half)value),
            "V2" => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)),
            "i1" => [(byte)(sbyte)value],
            "u1" or "b1" => [(byte)value],
            "i2" => BitConverter.GetBytes((short)value),
            "u2" => BitConverter.GetBytes((ushort)value),
            "i4" => BitConverter.GetBytes((int)value),
            "u4" => BitConverter.GetBytes((uint)value),
            "i8" => BitConverter.GetBytes((long)value),
            _ => BitConverter.GetBytes((ulong)value),
        };
        return type[0] == '>' ? bytes.Reverse() : bytes;
    })];

    [Theory]
    [InlineData("<f4")]
    [InlineData(">f4")]
    [InlineData("=f4")]
    [InlineData("<f8")]
    [InlineData(">f8")]
    [InlineData("<f2")]
    [InlineData(">f2")]
    [InlineData("|V2")]
    [InlineData("|i1")]
    [InlineData("|u1")]
    [InlineData("|b1")]
    [InlineData("<i2")]
    [InlineData(">i2")]
    [InlineData("<u2")]
    [InlineData("<i4")]
    [InlineData(">u4")]
    [InlineData("<i8")]
    [InlineData(">u8")]
    public void Every_number_type_is_read_in_both_orders_and_versions(string type)
    {
        bool signed = type[1] is 'i' or 'f' or 'V';
        bool whole = type[1] is not ('f' or 'V');
        float[] expected = [.. Numbers.Select(value => signed ? value : Math.Abs(value)).Select(value => whole ? MathF.Truncate(value) : value)];
        if (type == "|b1") expected = [.. expected.Select(value => value == 0 ? 0f : 1f)];
        SourceOptions options = new() { Element = type == "|V2" ? StoredElement.BFloat16 : null };
        for (int version = 1; version <= 3; version++)
        {
            Table rows = Sources.Read("a.npy", Npy($"'{type}'", "(4, 3)", Bytes(type, expected), version: version), options);
            Assert.Equal(expected, rows.Rows.SelectMany(row => row));
            float[] columns = [.. Enumerable.Range(0, 12).Select(i => expected[i % 4 * 3 + i / 4])];
            Table fortran = Sources.Read("a.npy", Npy($"'{type}'", "(4, 3)", Bytes(type, columns), fortran: true, version), options);
            Assert.Equal(rows.Rows, fortran.Rows);
        }
    }

    [Fact]
    public void Every_half_widens_to_its_own_value()
    {
        byte[] data = new byte[1 << 17];
        for (int i = 0; i < 1 << 16; i++) BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(2 * i), (ushort)i);
        List<float[]> rows = Sources.Read("a.npy", Npy("'<f2'", "(256, 256)", data), blockRows: 7).Rows;
        for (int i = 0; i < 1 << 16; i++)
        {
            float expected = (float)BitConverter.UInt16BitsToHalf((ushort)i);
            if (float.IsNaN(expected)) Assert.True(float.IsNaN(rows[i >> 8][i & 255]));
            else Assert.Equal(BitConverter.SingleToUInt32Bits(expected), BitConverter.SingleToUInt32Bits(rows[i >> 8][i & 255]));
        }
    }

    [Fact]
    public void Columns_are_vectors_when_told()
    {
        Table table = Sources.Read("a.npy", Npy("'<f4'", "(4, 3)", Bytes("<f4", Numbers)), new() { ColumnsAreVectors = true });
        Assert.Equal([[1, 3, -7, 10], [-2.5f, 4, 8, 11], [0, 100, 9, 12]], table.Rows);
    }

    [Fact]
    public void More_than_two_axes_are_cut_along_the_last()
    {
        Table table = Sources.Read("a.npy", Npy("'<f4'", "(2, 2, 3)", Bytes("<f4", Numbers)));
        Assert.Equal(4, table.Rows.Count);
        Assert.Contains(table.Notes, note => note.Contains("(2, 2, 3)", StringComparison.Ordinal));
    }

    [Fact]
    public void A_flat_array_needs_a_stated_dimension()
    {
        byte[] file = Npy("'<f4'", "(12,)", Bytes("<f4", Numbers));
        Assert.Contains("state a dimension", Sources.Refusal("a.npy", file).Reason, StringComparison.Ordinal);
        Assert.Equal(3, Sources.Read("a.npy", file, new() { Dimension = 4 }).Rows.Count);
    }

    [Theory]
    [InlineData("'|O'", "(2, 3)", "Python objects")]
    [InlineData("'|V2'", "(2, 3)", "bf16")]
    [InlineData("'<c8'", "(2, 3)", "'<c8'")]
    [InlineData("[('a', '<f4')]", "(2, 3)", "structured")]
    [InlineData("'<f4'", "()", "a single number")]
    [InlineData("'<f4'", "(2, -3)", "negative")]
    [InlineData("'<f4'", "(2, 0)", "vectors of 0 elements")]
    [InlineData("'<f4'", "(4611686018427387904, 4)", "more elements than any file")]
    [InlineData("'<f4'", "(99999999999999999999, 4)", "below 2^63")]
    [InlineData("'<f4'", "(1000000, 3)", "needs 12,000,128 bytes")]
    [InlineData("'<f4'", "(1, 65537)", "65,536")]
    public void Wrong_arrays_are_refused_with_the_reason(string descr, string shape, string reason) => Assert.Contains(
        reason, Sources.Refusal("a.npy", Npy(descr, shape, Bytes("<f4", Numbers[..6]))).Reason, StringComparison.Ordinal);

    [Fact]
    public void Python_2_shapes_and_alignment_to_16_are_read()
    {
        byte[] header = Encoding.ASCII.GetBytes("{'descr': '<f4', 'fortran_order': False, 'shape': (4L, 3L)}\n");
        byte[] file = [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header, .. Bytes("<f4", Numbers)];
        Assert.Equal(4, Sources.Read("a.npy", file).Rows.Count);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused_with_the_place()
    {
        byte[] file = Npy("'<f4'", "(4, 3)", Bytes("<f4", Numbers));
        for (int length = 1; length < file.Length; length++)
            Assert.NotEmpty(Sources.Refusal("a.npy", file[..length]).Reason);
        Assert.Equal(file.Length - 1, Sources.Refusal("a.npy", file[..^1]).Offset);
    }

    [Fact]
    public void Skipping_is_exact_in_both_orders()
    {
        float[] values = [.. Enumerable.Range(0, 3000).Select(i => (float)i)];
        foreach (bool fortran in (bool[])[false, true])
        {
            using VectorSource source = Sources.Open("a.npy", Npy("'<f4'", "(1000, 3)", Bytes("<f4", values), fortran));
            source.SkipTo(777);
            VectorBlock block = new(1);
            Assert.True(source.Read(block));
            Assert.Equal(fortran ? [777, 1777, 2777] : [2331, 2332, 2333], block.Row(0));
            source.SkipTo(1000);
            Assert.False(source.Read(block));
            Assert.Throws<ArgumentOutOfRangeException>(() => source.SkipTo(1001));
        }
    }

    [Fact]
    public void The_real_words_come_with_their_vocabulary()
    {
        string path = Checkout.Shared("data/words/glove6b-100d-120k.npy");
        using VectorSource source = VectorSource.Open(path, new() { KeysPath = Path.ChangeExtension(path, null) + ".vocab.txt" });
        Assert.Equal((VectorFileFormat.Npy, 100, 120_000L, true), (source.Format, source.Dimension, source.RowCount, source.HasKeys));
        Table table = Sources.Drain(source, 1024);
        Assert.Equal("the", table.Keys[0]);
        Assert.Equal(0, source.NonFiniteRows);
    }
}
