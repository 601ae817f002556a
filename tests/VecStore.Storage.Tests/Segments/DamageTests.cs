using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace VecStore.Storage.Tests.Segments;

/// <summary>Whatever happens to the bytes of a file: a typed error or the right answer, never a crash, never a wrong answer.</summary>
public sealed class DamageTests
{
    private const int SmallRows = 5, LargeRows = 8000;

    [Theory]
    [InlineData(KeyKind.Int64)]
    [InlineData(KeyKind.String)]
    public void One_flipped_bit_at_any_byte_of_a_small_segment_is_found(KeyKind keyKind)
    {
        SampleRows sample = new(SampleRows.Schema(keyKind: keyKind, elementType: ElementType.Int8));
        HeldFile file = Written(sample, SmallRows);
        int errors = 0;
        for (int at = 0; at < file.Length; at++)
        {
            byte flip = (byte)(1 << (at % 8));
            file.Bytes[at] ^= flip;
            if (!ReadsRightOrIsRefused(file, sample, SmallRows)) errors++;
            Assert.True(VerifyFinds(file), $"the flipped bit {at % 8} of byte {at} was not found by Verify");
            file.Bytes[at] ^= flip;
        }
        Assert.True(errors > FileHeader.BlockBytes, "the flips in the header alone are refused at each byte");
        Assert.True(ReadsRightOrIsRefused(file, sample, SmallRows), "the file is whole again");
        file.Free();
    }

    [Theory]
    [InlineData(KeyKind.Int64)]
    [InlineData(KeyKind.String)]
    public void One_flipped_bit_in_any_block_of_a_large_segment_is_found(KeyKind keyKind)
    {
        // Each section fills blocks of its own, so a read that forgot to verify its section would give a wrong answer here.
        SampleRows sample = new(SampleRows.Schema(dimension: 16, keyKind: keyKind, elementType: ElementType.Int8));
        HeldFile file = Written(sample, LargeRows);
        ulong whole = DigestOrNull(file)!.Value;
        const int seed = 5;
        Random random = new(seed);
        int refused = 0, unchanged = 0;
        for (int flip = 0; flip < file.Length / 4096 * 4; flip++)
        {
            int start = flip / 4 * 4096, at = start + random.Next((int)Math.Min(4096, file.Length - start)), bit = random.Next(8);
            file.Bytes[at] ^= (byte)(1 << bit);
            ulong? digest = DigestOrNull(file);
            Assert.True(digest is null || digest == whole, $"seed {seed}: bit {bit} of byte {at} gave a wrong answer");
            if (digest is null) refused++;
            else unchanged++;
            if (flip % 4 == 0) Assert.True(VerifyFinds(file), $"seed {seed}: bit {bit} of byte {at} was not found by Verify");
            file.Bytes[at] ^= (byte)(1 << bit);
        }
        Assert.True(refused > unchanged, $"{refused} refused, {unchanged} unchanged");
        file.Free();
    }

    [Fact]
    public void A_block_that_lies_where_another_belongs_is_found()
    {
        // All vectors are equal, so are the blocks; only their numbers tell them apart.
        CollectionSchema schema = new(1024) { Metric = Metric.Dot };
        HeldFile file = Written(schema, 64, id: 1), other = Written(schema, 64, id: 2);
        int blocks = (int)(file.Length - FileHeader.BlockBytes) / Checksums.BlockBytes;
        Assert.True(Block(file, 1).SequenceEqual(Block(file, 2)));
        Assert.False(VerifyFinds(file));
        uint[] table = Table(file);
        Assert.Equal(table.Length, table.Distinct().Count());
        for (int i = 0; i < blocks; i++)
        {
            Span<byte> block = Block(file, i);
            byte[] kept = block.ToArray();
            block.Clear();
            Assert.Equal(!kept.AsSpan().SequenceEqual(block), VerifyFinds(file));
            kept.CopyTo(block);
        }
        // A block and its checksum, both of another file of the same shape.
        int entry = (int)(FileHeader.BlockBytes + DataLength(file));
        Block(other, 3).CopyTo(Block(file, 3));
        other.Bytes.Slice(entry + 12, 4).CopyTo(file.Bytes[(entry + 12)..]);
        Assert.True(VerifyFinds(file));
        file.Free();
        other.Free();
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused_at_open()
    {
        SampleRows sample = new(SampleRows.Schema());
        HeldFile file = Written(sample, 100);
        long whole = file.Length;
        for (long length = 0; length < whole; length += length < 8192 || length > whole - 64 ? 1 : 509)
        {
            file.Length = length;
            Assert.Throws<StoreCorruptException>(() => Segment.Open(file, "s"));
        }
        file.Free();
    }

    [Fact]
    public void Damage_that_checksums_allow_does_not_lead_a_reader_astray()
    {
        // As if a defect of a writer, or malice, had written it: checksums are right, content is not.
        const int seed = 11;
        Random random = new(seed);
        foreach (KeyKind keyKind in (KeyKind[])[KeyKind.Int64, KeyKind.String])
        {
            SampleRows sample = new(SampleRows.Schema(dimension: 4, keyKind: keyKind));
            HeldFile file = Written(sample, 40);
            byte[] whole = file.Bytes.ToArray();
            for (int round = 0; round < 3000; round++)
            {
                whole.CopyTo(file.Bytes);
                for (int i = random.Next(1, 5); i > 0; i--)
                {
                    int at = round % 4 == 0 ? random.Next(FileHeader.Size, FileHeader.BlockBytes) : random.Next(FileHeader.BlockBytes, (int)(FileHeader.BlockBytes + DataLength(file)));
                    file.Bytes[at] = random.Next(3) switch { 0 => 0xFF, 1 => 0, _ => (byte)random.Next(256) };
                }
                FixChecksums(file);
                try
                {
                    ReadAll(file, 40);
                }
                catch (StoreCorruptException)
                {
                }
                catch (Exception failure)
                {
                    Assert.Fail($"seed {seed}, round {round}: {failure}");
                }
            }
            file.Free();
        }
    }

    [Fact]
    public void A_file_of_a_newer_version_is_told_from_a_damaged_one()
    {
        HeldFile file = Written(new SampleRows(SampleRows.Schema()), 3);
        file.Bytes[8] = 9;
        Assert.Throws<StoreCorruptException>(() => Segment.Open(file, "s"));
        FixChecksums(file);
        FormatVersionException failure = Assert.Throws<FormatVersionException>(() => Segment.Open(file, "s"));
        Assert.Equal((9, 1), (failure.Found, failure.Supported));
        file.Free();
    }

    [Fact]
    public void A_file_of_another_kind_is_refused()
    {
        HeldFile file = Written(new SampleRows(SampleRows.Schema()), 3);
        StoreCorruptException failure = Assert.Throws<StoreCorruptException>(() => SectionFile.Open(file, "s", FileKind.Graph));
        Assert.Equal((12L, "a file of kind Graph", "kind Segment"), (failure.Offset, failure.Expected, failure.Found));
        file.Free();
    }

    [Fact]
    public void One_flipped_bit_anywhere_in_a_deletions_file_is_found()
    {
        using TestFolder folder = new();
        RowSet deleted = RowSet.Of(1000, [0, 1, 63, 64, 500, 999]);
        DeletionsFile.Write(folder.Files, folder.Path("d"), 7, deleted);
        Assert.True(DeletionsFile.Read(folder.Files, folder.Path("d"), 7, 1000).Words.SequenceEqual(deleted.Words));
        Assert.Throws<StoreCorruptException>(() => DeletionsFile.Read(folder.Files, folder.Path("d"), 8, 1000));
        Assert.Throws<StoreCorruptException>(() => DeletionsFile.Read(folder.Files, folder.Path("d"), 7, 1001));
        HeldFile file = new(folder.Read("d"));
        for (int at = 0; at < file.Length; at++)
        {
            file.Bytes[at] ^= (byte)(1 << (at % 8));
            Assert.Throws<StoreCorruptException>(() => DeletionsFile.Read(file, "d", 7, 1000));
            file.Bytes[at] ^= (byte)(1 << (at % 8));
        }
        file.Free();
    }

    private static HeldFile Written(SampleRows sample, int rows)
    {
        using TestFolder folder = new();
        sample.WriteFile(folder.Files, folder.Path("s"), rows);
        return new HeldFile(folder.Read("s"));
    }

    private static HeldFile Written(CollectionSchema schema, int rows, long id)
    {
        using TestFolder folder = new();
        using (SegmentWriter writer = SegmentWriter.Create(folder.Files, folder.Path("s"), id, schema))
        {
            byte[] encoded = Enumerable.Repeat((byte)1, RowLayout.RowBytes(schema)).ToArray();
            for (int row = 0; row < rows; row++) writer.Append(encoded, 0, 0, row, []);
            writer.Complete();
        }
        return new HeldFile(folder.Read("s"));
    }

    // True when everything was read and right; false when it was refused by the typed error. Anything else fails the test.
    private static bool ReadsRightOrIsRefused(HeldFile file, SampleRows sample, int rows)
    {
        try
        {
            using Segment segment = Segment.Open(file, "s");
            for (int row = 0; row < rows; row++) sample.AssertRow(segment, row, rows);
            return true;
        }
        catch (StoreCorruptException failure)
        {
            Assert.InRange(failure.Offset, 0, file.Length);
            return false;
        }
    }

    private static ulong? DigestOrNull(HeldFile file)
    {
        try
        {
            using Segment segment = Segment.Open(file, "s");
            return SegmentDigest.Of(segment);
        }
        catch (StoreCorruptException)
        {
            return null;
        }
    }

    private static unsafe void ReadAll(HeldFile file, int rows)
    {
        using Segment segment = Segment.Open(file, "s");
        int count = Math.Min(rows, segment.Count);
        VectorRows vectors = segment.FirstRows(count);
        vectors.Ensure(0, count);
        byte sum = 0;
        for (long i = 0; i < count * (long)vectors.StrideBytes; i++) sum ^= vectors.Base[i];
        for (int row = 0; row < count; row++)
        {
            if (segment.Schema.KeyKind == KeyKind.Int64)
            {
                segment.TryFind(segment.Int64Key(row), count, null, out _);
                segment.TryFind(row * 977L, count, null, out _);
            }
            else
            {
                segment.TryFind(segment.Utf8Key(row), count, null, out _);
                segment.TryFind("nothing"u8, count, null, out _);
            }
            foreach (Column column in segment.Columns)
            {
                Assert.NotNull(column[row].ToString());
                if (column is StringColumn strings) strings.Dictionary.TryFind("title 3"u8, out _);
                if (column is StringListColumn lists) sum ^= (byte)lists.AllCodes(count).Length;
            }
        }
        Assert.InRange(sum, (byte)0, (byte)255);
    }

    private static bool VerifyFinds(HeldFile file)
    {
        try
        {
            using SectionFile sections = SectionFile.Open(file, "s", FileKind.Segment);
            sections.Verify(TestContext.Current.CancellationToken);
            return false;
        }
        catch (StoreCorruptException)
        {
            return true;
        }
    }

    private static Span<byte> Block(HeldFile file, int block) => file.Bytes.Slice(FileHeader.BlockBytes + (block * Checksums.BlockBytes), Checksums.BlockBytes);

    private static long DataLength(HeldFile file) => MemoryMarshal.Read<FileHeader>(file.Bytes).DataLength;

    private static uint[] Table(HeldFile file)
    {
        FileHeader header = MemoryMarshal.Read<FileHeader>(file.Bytes);
        return MemoryMarshal.Cast<byte, uint>(file.Bytes.Slice((int)(FileHeader.BlockBytes + header.DataLength), (int)header.BlockCount * 4)).ToArray();
    }

    // What a writer would have computed over the content as it is now.
    private static void FixChecksums(HeldFile file)
    {
        Span<byte> bytes = file.Bytes;
        ref FileHeader header = ref Unsafe.As<byte, FileHeader>(ref bytes[0]);
        int data = (int)header.DataLength, table = FileHeader.BlockBytes + data;
        Span<uint> checksums = MemoryMarshal.Cast<byte, uint>(bytes.Slice(table, (int)header.BlockCount * 4));
        for (int block = 0; block < checksums.Length; block++)
        {
            int offset = block * Checksums.BlockBytes;
            checksums[block] = Checksums.OfBlock(header.Identity, block, bytes.Slice(FileHeader.BlockBytes + offset, Math.Min(Checksums.BlockBytes, data - offset)));
        }
        Span<uint> roots = MemoryMarshal.Cast<byte, uint>(bytes[(table + (checksums.Length * 4))..]);
        Assert.Equal(1, roots.Length);
        roots[0] = Checksums.OfPage(header.Identity, 0, MemoryMarshal.AsBytes(checksums));
        header.RootChecksum = Checksums.OfRoot(header.Identity, MemoryMarshal.AsBytes(roots));
        MemoryMarshal.Write(bytes[FileHeader.ChecksumOffset..], Crc32C.Compute(bytes[..FileHeader.ChecksumOffset]));
    }
}
