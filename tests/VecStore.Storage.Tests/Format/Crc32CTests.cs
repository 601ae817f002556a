using System.Text;

namespace VecStore.Storage.Tests.Format;

public sealed unsafe class Crc32CTests
{
    // RFC 3720, appendix B.4, and the check value of the CRC catalogue.
    public static TheoryData<byte[], uint> KnownVectors => new()
    {
        { Encoding.ASCII.GetBytes("123456789"), 0xE3069283 },
        { new byte[32], 0x8A9136AA },
        { Enumerable.Repeat((byte)0xFF, 32).ToArray(), 0x62A8AB43 },
        { Enumerable.Range(0, 32).Select(i => (byte)i).ToArray(), 0x46DD794E },
        { Enumerable.Range(0, 32).Select(i => (byte)(31 - i)).ToArray(), 0x113FDB5C },
        { Array.Empty<byte>(), 0 },
    };

    [Theory, MemberData(nameof(KnownVectors))]
    public void Known_vectors_give_the_published_checksums(byte[] bytes, uint expected)
    {
        Assert.Equal(expected, Crc32C.Compute(bytes));
        fixed (byte* start = bytes) Assert.Equal(expected, Crc32C.ComputeByTables(start, bytes.Length, 0));
    }

    [Fact]
    public void Instruction_and_tables_agree_at_every_length_and_alignment()
    {
        byte[] bytes = new byte[70_000];
        new Random(1).NextBytes(bytes);
        int[] lengths = [.. Enumerable.Range(0, 1700), 5455, 5456, 16_367, 16_368, 16_369, 16_384, 17_136, 32_768, 49_152, 65_537];
        fixed (byte* start = bytes)
        {
            foreach (int length in lengths)
            {
                int offset = length % 9;
                Assert.Equal(Crc32C.ComputeByTables(start + offset, length, 77), Crc32C.Compute(start + offset, length, 77));
            }
        }
    }

    [Fact]
    public void A_checksum_can_be_continued()
    {
        byte[] bytes = new byte[40_000];
        new Random(2).NextBytes(bytes);
        foreach (int cut in (int[])[0, 1, 4096, 16_384, 39_999])
            Assert.Equal(Crc32C.Compute(bytes), Crc32C.Compute(bytes.AsSpan(cut), Crc32C.Compute(bytes.AsSpan(0, cut))));
    }

    [Fact]
    public void Equal_bytes_under_another_seed_give_another_checksum()
    {
        byte[] bytes = new byte[16_384];
        HashSet<uint> seen = [];
        for (uint seed = 0; seed < 10_000; seed++) Assert.True(seen.Add(Crc32C.Compute(bytes, seed)));
    }
}
