using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace VecStore.Formats.Tests.Numpy;

public class NpzTests
{
    internal static byte[] Matrix(int rows, int columns, float start = 0, bool fortran = false) => NpyTests.Npy(
        "'<f4'", $"({rows}, {columns})",
        MemoryMarshal.AsBytes<float>([.. Enumerable.Range(0, rows * columns).Select(i => start + i)]).ToArray(), fortran);

    internal static byte[] Npz(CompressionLevel level, params (string Name, byte[] Bytes)[] members)
    {
        using MemoryStream stream = new();
        using (ZipArchive zip = new(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach ((string name, byte[] bytes) in members)
            {
                using Stream entry = zip.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        return stream.ToArray();
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void Stored_and_deflated_arrays_are_read_in_both_orders(CompressionLevel level)
    {
        foreach (bool fortran in (bool[])[false, true])
        {
            byte[] array = Matrix(500, 7, fortran: fortran);
            Table direct = Sources.Read("a.npy", array);
            Table packed = Sources.Read("a.npz", Npz(level, ("a.npy", array)));
            Assert.Equal(VectorFileFormat.Npz, packed.Format);
            Assert.Equal(direct.Rows, packed.Rows);
        }
    }

    [Fact]
    public void Skipping_in_a_deflated_array_is_exact()
    {
        using VectorSource source = Sources.Open("a.npz", Npz(CompressionLevel.Optimal, ("a.npy", Matrix(5000, 3))));
        source.SkipTo(4000);
        VectorBlock block = new(1);
        Assert.True(source.Read(block));
        Assert.Equal([12_000, 12_001, 12_002], block.Row(0));
    }

    [Fact]
    public void Of_several_arrays_one_is_chosen_by_name()
    {
        byte[] file = Npz(CompressionLevel.Optimal, ("W_enc.npy", Matrix(2, 3)), ("W_dec.npy", Matrix(3, 2, start: 100)));
        Assert.Equal([100, 101], Sources.Read("a.npz", file, new() { Tensor = "W_dec" }).Rows[0]);
        string reason = Sources.Refusal("a.npz", file).Reason;
        Assert.Contains("W_enc (2, 3) Float32; W_dec (3, 2) Float32", reason, StringComparison.Ordinal);
        Assert.Contains("no array 'b_dec'", Sources.Refusal("a.npz", file, new() { Tensor = "b_dec" }).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_only_matrix_among_several_arrays_is_read_with_a_note()
    {
        byte[] file = Npz(CompressionLevel.Optimal, ("n.npy", NpyTests.Npy("'<i8'", "()", new byte[8])), ("h.npy", Matrix(3, 2)));
        Table table = Sources.Read("a.npz", file);
        Assert.Equal(3, table.Rows.Count);
        Assert.Contains(table.Notes, note => note.Contains("'h.npy' is the only matrix", StringComparison.Ordinal));
    }

    [Fact]
    public void Zip64_sizes_are_read()
    {
        byte[] plain = Matrix(10, 3);
        Assert.Equal(10, Sources.Read("a.npz", Zip64(plain)).Rows.Count);
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void A_flipped_bit_in_the_data_is_found(CompressionLevel level)
    {
        byte[] file = Npz(level, ("a.npy", Matrix(100, 3)));
        file[level == CompressionLevel.NoCompression ? 400 : 200] ^= 4;
        Assert.Matches("damaged|inflate", Sources.Refusal("a.npz", file).Reason);
    }

    [Fact]
    public void A_member_that_claims_more_than_deflate_can_hold_is_refused_before_it_is_inflated()
    {
        byte[] file = Npz(CompressionLevel.Optimal, ("a.npy", Matrix(100, 3)));
        int directory = file.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(directory + 24), 0x7FFF_FFFF);
        Assert.Contains("inflate to", Sources.Refusal("a.npz", file).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_PyTorch_archive_is_refused_by_name() => Assert.Contains("PyTorch",
        Sources.Refusal("a.pt", Npz(CompressionLevel.NoCompression, ("archive/data.pkl", [0x80, 2])), new() { Format = VectorFileFormat.Npz }).Reason, StringComparison.Ordinal);

    [Fact]
    public void The_weights_of_a_real_autoencoder_are_read()
    {
        using VectorSource source = VectorSource.Open(Checkout.Shared("data/stories260k/params.npz"), new() { Tensor = "W_dec" });
        Assert.Equal((1024L, 64), (source.RowCount, source.Dimension));
        using VectorSource columns = VectorSource.Open(Checkout.Shared("data/stories260k/params.npz"), new() { Tensor = "W_enc", ColumnsAreVectors = true });
        Assert.Equal((1024L, 64), (columns.RowCount, columns.Dimension));
        Assert.Equal(1024, Sources.Drain(columns).Rows.Count);
    }

    // As Python's zipfile writes members of more than 4 GiB: sizes of 0xFFFFFFFF, the true ones in the extra field.
    private static byte[] Zip64(byte[] member)
    {
        byte[] name = "a.npy"u8.ToArray();
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(CrcOf(member));
        List<byte> file = [];
        void U16(int value) => file.AddRange(BitConverter.GetBytes((ushort)value));
        void U32(uint value) => file.AddRange(BitConverter.GetBytes(value));
        void U64(long value) => file.AddRange(BitConverter.GetBytes(value));
        U32(0x04034B50); U16(45); U16(0); U16(0); U32(0); U32(crc); U32(uint.MaxValue); U32(uint.MaxValue); U16(name.Length); U16(20);
        file.AddRange(name); U16(1); U16(16); U64(member.Length); U64(member.Length); file.AddRange(member);
        long directory = file.Count;
        U32(0x02014B50); U16(45); U16(45); U16(0); U16(0); U32(0); U32(crc); U32(uint.MaxValue); U32(uint.MaxValue); U16(name.Length); U16(28); U16(0); U16(0); U16(0); U32(0);
        U32(uint.MaxValue); file.AddRange(name); U16(1); U16(24); U64(member.Length); U64(member.Length); U64(0);
        long end = file.Count;
        U32(0x06064B50); U64(44); U16(45); U16(45); U32(0); U32(0); U64(1); U64(1); U64(end - directory); U64(directory);
        U32(0x07064B50); U32(0); U64(end); U32(1);
        U32(0x06054B50); U16(0); U16(0); U16(ushort.MaxValue); U16(ushort.MaxValue); U32(uint.MaxValue); U32(uint.MaxValue); U16(0);
        return [.. file];
    }

    private static byte[] CrcOf(byte[] bytes)
    {
        byte[] zip = Npz(CompressionLevel.NoCompression, ("x", bytes));
        int directory = zip.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        return zip[(directory + 16)..(directory + 20)];
    }
}
