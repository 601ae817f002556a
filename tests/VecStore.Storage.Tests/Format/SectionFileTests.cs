namespace VecStore.Storage.Tests.Format;

public sealed class SectionFileTests
{
    [Fact]
    public unsafe void Sections_of_every_size_are_read_back_and_aligned()
    {
        using TestFolder folder = new();
        int[] lengths = [0, 1, 4095, 4096, 4097, 16_384, 1 << 20, (1 << 20) + 5, 40_000_000]; // the last needs three pages of checksums
        Write(folder, lengths);
        using SectionFile file = SectionFile.Open(folder.Files, folder.Path("f"), FileKind.Graph);
        Assert.Equal(99, file.Identity);
        Assert.True(file.Properties.SequenceEqual("properties"u8));
        for (int i = 0; i < lengths.Length; i++)
        {
            MappedSection section = file[Tag(i)];
            Assert.Equal(lengths[i], section.Length);
            Assert.Equal(0, (long)section.Base % 4096);
            section.EnsureAll();
            Assert.True(section.IsVerified);
            Assert.True(new ReadOnlySpan<byte>(section.Base, lengths[i]).SequenceEqual(Content(i, lengths[i])));
        }
        Assert.False(file.TryGet("none", out _));
        Assert.Contains("a section none", Assert.Throws<StoreCorruptException>(() => file["none"]).Message, StringComparison.Ordinal);
        file.Verify(TestContext.Current.CancellationToken);
    }

    /// <summary>What was written can be read again before the file is whole, whether it is in the file already or still in the buffer.</summary>
    [Fact]
    public void A_writer_reads_back_what_it_wrote()
    {
        using TestFolder folder = new();
        using SectionFileWriter writer = SectionFileWriter.Create(folder.Files, folder.Path("f"), FileKind.Firings, []);
        byte[] first = Content(1, 3_000_001), second = Content(2, 700_000);
        writer.BeginSection("ONE_");
        writer.Write(first);
        writer.BeginSection("TWO_");
        writer.Write(second);
        foreach ((int offset, int length) in ((int, int)[])[(0, 10), (1_000_000, 2_000_001), (2_999_999, 2), (3_000_001, 0), (0, 3_000_001)])
        {
            byte[] read = new byte[length];
            writer.ReadBack("ONE_", offset, read);
            Assert.True(read.AsSpan().SequenceEqual(first.AsSpan(offset, length)));
        }
        byte[] tail = new byte[second.Length];
        writer.ReadBack("TWO_", 0, tail);
        Assert.True(tail.AsSpan().SequenceEqual(second));
        Assert.Throws<ArgumentException>(() => writer.ReadBack("TWO_", 1, new byte[second.Length]));
        Assert.Throws<ArgumentException>(() => writer.ReadBack("NONE", 0, new byte[1]));
        writer.Complete();
    }

    [Fact]
    public void Only_the_blocks_that_are_read_are_verified()
    {
        using TestFolder folder = new();
        Write(folder, [1 << 20]);
        HeldFile held = new(folder.Read("f"));
        held.Bytes[FileHeader.BlockBytes + (10 * Checksums.BlockBytes) + 3] ^= 4; // block 10
        using SectionFile file = SectionFile.Open(held, "f", FileKind.Graph);
        MappedSection section = file[Tag(0)];
        section.Ensure(0, 10 * Checksums.BlockBytes);
        section.Ensure(11 * Checksums.BlockBytes, 5 * Checksums.BlockBytes);
        foreach ((long offset, long length) in ((long, long)[])[(10 * Checksums.BlockBytes, 1), ((10 * Checksums.BlockBytes) - 1, 2), (0, 1 << 20)])
        {
            StoreCorruptException failure = Assert.Throws<StoreCorruptException>(() => section.Ensure(offset, length));
            Assert.Equal(FileHeader.BlockBytes + (10 * Checksums.BlockBytes), failure.Offset);
            Assert.StartsWith("CRC-32C 0x", failure.Expected, StringComparison.Ordinal);
        }
        Assert.Throws<StoreCorruptException>(section.EnsureAll);
        Assert.False(section.IsVerified);
        Assert.Throws<StoreCorruptException>(() => file.Verify(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Verify_reads_again_what_was_verified_before()
    {
        using TestFolder folder = new();
        Write(folder, [100_000]);
        HeldFile held = new(folder.Read("f"));
        using SectionFile file = SectionFile.Open(held, "f", FileKind.Graph);
        file.Verify(TestContext.Current.CancellationToken);
        held.Bytes[50_000] ^= 1;
        Assert.Throws<StoreCorruptException>(() => file.Verify(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_reference_outside_a_section_is_refused_verified_or_not()
    {
        using TestFolder folder = new();
        Write(folder, [1000, 1000]);
        using SectionFile file = SectionFile.Open(folder.Files, folder.Path("f"), FileKind.Graph);
        MappedSection section = file[Tag(0)];
        for (int pass = 0; pass < 2; pass++)
        {
            foreach ((long offset, long length) in ((long, long)[])[(1000, 1), (-1, 1), (0, 1001), (long.MaxValue, long.MaxValue), (5, -1), (999, 2)])
                Assert.Throws<StoreCorruptException>(() => section.Ensure(offset, length));
            section.Ensure(1000, 0);
            section.EnsureAll();
        }
    }

    [Fact]
    public void Opening_reads_the_header_and_the_root_whatever_the_size()
    {
        using TestFolder folder = new();
        Write(folder, [40_000_000]);
        HeldFile held = new(folder.Read("f"));
        held.Bytes[FileHeader.BlockBytes..(FileHeader.BlockBytes + 40_000_000)].Fill(0xAB); // nothing of the data is looked at
        using SectionFile file = SectionFile.Open(held, "f", FileKind.Graph);
        Assert.Throws<StoreCorruptException>(() => file[Tag(0)].Ensure(0, 1));
        held.Free();
    }

    [Fact]
    public void A_writer_refuses_what_a_file_cannot_hold()
    {
        using TestFolder folder = new();
        Assert.Throws<ArgumentException>(() => SectionFileWriter.Create(folder.Files, folder.Path("f"), FileKind.Graph, new byte[1025]));
        using SectionFileWriter writer = SectionFileWriter.Create(folder.Files, folder.Path("f"), FileKind.Graph, new byte[1024]);
        Assert.Throws<InvalidOperationException>(() => writer.Write([1]));
        foreach (string tag in (string[])["abc", "abcde", "abcé"]) Assert.Throws<ArgumentException>(() => writer.BeginSection(tag));
        for (int i = 0; i < FileHeader.MaxSections; i++) writer.BeginSection($"{i:D4}");
        Assert.Throws<ArgumentException>(() => writer.BeginSection("0001"));
        Assert.Throws<InvalidOperationException>(() => writer.BeginSection("more"));
        writer.Complete();
        Assert.Throws<ObjectDisposedException>(writer.Complete);
        using SectionFile file = SectionFile.Open(folder.Files, folder.Path("f"), FileKind.Graph);
        Assert.Equal(FileHeader.MaxSections, file.Tags.Count);
    }

    [Theory]
    [InlineData(0, "a file of 0 bytes")]
    [InlineData(4095, "a file of 4095 bytes")]
    [InlineData(5000, "the bytes 0000000000000000")]
    public void A_file_that_is_none_of_ours_is_refused(int length, string found)
    {
        using TestFolder folder = new();
        folder.Write("f", new byte[length]);
        StoreCorruptException failure = Assert.Throws<StoreCorruptException>(() => SectionFile.Open(folder.Files, folder.Path("f"), FileKind.Segment));
        Assert.Equal(found, failure.Found);
        Assert.Contains(folder.Path("f"), failure.Message, StringComparison.Ordinal);
    }

    private static void Write(TestFolder folder, int[] lengths)
    {
        using SectionFileWriter writer = SectionFileWriter.Create(folder.Files, folder.Path("f"), FileKind.Graph, "properties"u8, identity: 99);
        for (int i = 0; i < lengths.Length; i++)
        {
            writer.BeginSection(Tag(i));
            ReadOnlySpan<byte> content = Content(i, lengths[i]);
            for (int piece = 1; content.Length > 0; piece = piece * 3 % 300_007)
            {
                int taken = Math.Min(piece, content.Length);
                writer.Write(content[..taken]);
                content = content[taken..];
            }
            Assert.Equal(lengths[i], writer.Position);
        }
        writer.Complete();
        Assert.Equal(new FileInfo(folder.Path("f")).Length, writer.FileLength);
    }

    private static string Tag(int i) => $"S{i:D3}";

    private static byte[] Content(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
