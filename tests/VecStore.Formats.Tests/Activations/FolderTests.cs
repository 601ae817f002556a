using System.Runtime.InteropServices;

using VecStore.Formats.Tests.Numpy;
using VecStore.Formats.Tests.Safetensors;
using VecStore.Formats.Tests.Torch;

namespace VecStore.Formats.Tests.Activations;

public sealed class FolderTests : IDisposable
{
    private readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    private string Root => folder.Path(".");

    private static byte[] Floats(int count, float first) => MemoryMarshal.AsBytes<float>([.. Enumerable.Range(0, count).Select(i => first + i)]).ToArray();

    private static byte[] Chunk(int contexts, float first, int token) => SafetensorsTests.File(
        $$"""{"activation":{"dtype":"F32","shape":[{{contexts}},2,3],"data_offsets":[0,{{contexts * 24}}]},"tokens":{"dtype":"I32","shape":[{{contexts}},2],"data_offsets":[{{contexts * 24}},{{contexts * 32}}] } }""",
        [.. Floats(contexts * 6, first), .. MemoryMarshal.AsBytes<int>([.. Enumerable.Range(token, contexts * 2)])]);

    private Table Read(SourceOptions? options = null)
    {
        using VectorSource source = VectorSource.Open(Root, options);
        return Sources.Drain(source, 5);
    }

    [Fact]
    public void A_data_set_of_Hugging_Face_is_read_as_its_state_says_and_nothing_else()
    {
        File.WriteAllBytes(folder.Path("data-00001-of-00002.arrow"), Fixture.Bytes("sequences-file.arrow"));
        File.WriteAllBytes(folder.Path("data-00000-of-00002.arrow"), Fixture.Bytes("sequences.arrow"));
        File.WriteAllBytes(folder.Path("cache-1234.arrow"), Fixture.Bytes("fixed.arrow")); // left over by a map: not to be read
        File.WriteAllText(folder.Path("dataset_info.json"), "{}");
        File.WriteAllText(folder.Path("state.json"), """{"_data_files":[{"filename":"data-00001-of-00002.arrow"},{"filename":"data-00000-of-00002.arrow"}],"_split":null}""");
        Table table = Read();
        Assert.Equal(18, table.Rows.Count);
        Assert.Equal([.. Enumerable.Range(0, 18).Select(i => (long)(i / 3))], table.Values.Select(values => (long)values[0]!));
        Assert.Equal(1000L, table.Values[12][2]); // the second file begins anew with its tokens, not with its documents
        File.WriteAllText(folder.Path("state.json"), """{"_data_files":[{"filename":"../other.arrow"}]}""");
        Assert.Contains("plain file name", Assert.Throws<VectorFileException>(() => Read()).Reason, StringComparison.Ordinal);
        Directory.CreateDirectory(folder.Path(".tmp_shards"));
        File.WriteAllText(folder.Path("state.json"), """{"_data_files":[{"filename":"data-00000-of-00002.arrow"}]}""");
        Assert.Contains(Read().Notes, note => note.Contains("not finished", StringComparison.Ordinal));
    }

    [Fact]
    public void Chunks_are_read_in_the_order_of_shard_and_chunk()
    {
        File.WriteAllBytes(folder.Path("shard-1-chunk-00000000.safetensors"), Chunk(1, 300, 30));
        File.WriteAllBytes(folder.Path("shard-0-chunk-00000010.safetensors"), Chunk(2, 200, 20));
        File.WriteAllBytes(folder.Path("shard-0-chunk-00000009.safetensors"), Chunk(3, 100, 10));
        File.WriteAllText(folder.Path("shard-0-chunk-00000009.meta.json"), "{}");
        Table table = Read();
        Assert.Equal([100, 103, 106, 109, 112, 115, 200, 203, 206, 209, 300, 303], table.Rows.Select(row => row[0]));
        Assert.Equal([0L, 0L, 1L, 1L, 2L, 2L, 3L, 3L, 4L, 4L, 5L, 5L], table.Values.Select(values => (long)values[0]!));
        Assert.Equal([10L, 11L, 12L, 13L, 14L, 15L, 20L, 21L, 22L, 23L, 30L, 31L], table.Values.Select(values => (long)values[2]!));
        for (int row = 0; row <= 12; row++)
        {
            using VectorSource source = VectorSource.Open(Root);
            source.SkipTo(row);
            VectorBlock block = new();
            Assert.Equal(row < 12, source.Read(block));
            if (row < 12) Assert.Equal((table.Rows[row][0], row, (long)table.Values[row][0]!), (block.Row(0)[0], block.FirstRow, block.Columns[0].Int64(0)));
        }
    }

    [Fact]
    public void Buffers_before_October_2024_are_ordered_by_number()
    {
        foreach (int i in (ReadOnlySpan<int>)[10, 9, 100]) File.WriteAllBytes(folder.Path($"{i}.safetensors"), SafetensorsTests.File("""{"activations":{"dtype":"F32","shape":[1,3],"data_offsets":[0,12]}}""", Floats(3, i)));
        Assert.Equal([9, 10, 100], Read().Rows.Select(row => row[0]));
    }

    [Fact]
    public void Chunks_of_torch_are_read_and_parts_that_do_not_fit_are_refused()
    {
        for (int i = 0; i < 2; i++)
        {
            byte[] ids = MemoryMarshal.AsBytes<long>([1L + i, 2L + i]).ToArray();
            int first = 10 * i;
            File.WriteAllBytes(folder.Path($"{i}.pt"), new TorchWriter().Dictionary(
                ("states", w => w.Tensor("FloatStorage", Floats(6, first), 4, [1, 2, 3])), ("input_ids", w => w.Tensor("LongStorage", ids, 8, [1, 2]))).Zip());
        }
        Table table = Read();
        Assert.Equal([0, 3, 10, 13], table.Rows.Select(row => row[0]));
        Assert.Equal([1L, 2L, 2L, 3L], table.Values.Select(values => (long)values[2]!));
        File.WriteAllBytes(folder.Path("2.pt"), new TorchWriter().Floats([1, 2], 1, 2).Zip());
        Assert.Contains("2 Float32", Assert.Throws<VectorFileException>(() => Read()).Reason, StringComparison.Ordinal);
        File.WriteAllBytes(folder.Path("a.npy"), NpzTests.Matrix(1, 3));
        Assert.Contains("several formats", Assert.Throws<VectorFileException>(() => Read()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_matrix_gets_documents_by_number_and_tokens_from_a_file()
    {
        string rows = folder.Path("r.npy"), ids = folder.Path("t.npy");
        File.WriteAllBytes(rows, NpzTests.Matrix(6, 2));
        File.WriteAllBytes(ids, NpyTests.Npy("'<i2'", "(2, 4)", MemoryMarshal.AsBytes<short>([0, 1, 2, 3, 10, 11, 12, 13]).ToArray()));
        using (VectorSource source = VectorSource.Open(rows, new() { TokensPerDocument = 3, TokensPath = ids, TokensSkipped = 1 }))
        {
            Table table = Sources.Drain(source, 4);
            Assert.Equal([1L, 2L, 3L, 11L, 12L, 13L], table.Values.Select(values => (long)values[2]!));
            Assert.Equal([(0L, 2L), (1L, 0L)], table.Values.Skip(2).Take(2).Select(values => ((long)values[0]!, (long)values[1]!)));
        }
        string Refused(SourceOptions options) => Assert.Throws<VectorFileException>(() => VectorSource.Open(rows, options).Dispose()).Reason;
        Assert.Contains("the first 0 left out", Refused(new() { TokensPerDocument = 3, TokensPath = ids }), StringComparison.Ordinal);
        Assert.Contains("how many rows make a document", Refused(new() { TokensPath = ids }), StringComparison.Ordinal);
        Assert.Contains("matrix of integers", Refused(new() { TokensPerDocument = 3, TokensPath = rows }), StringComparison.Ordinal);
    }
}
