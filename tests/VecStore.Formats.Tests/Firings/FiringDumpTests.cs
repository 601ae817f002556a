using System.IO.Compression;
using System.Text;

namespace VecStore.Formats.Tests.Firings;

/// <summary>The traps of delphi's latents and of sparse matrices, each by itself.</summary>
public sealed class FiringDumpTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vecstore-firings-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("U16")]
    [InlineData("U32")]
    [InlineData("I64")]
    public void Latents_count_from_the_start_of_their_file_and_its_end_is_included(string type)
    {
        Split("0_2.safetensors", type, [(0, 1, 2), (1, 0, 0)], [1, 2]);
        Split("3_4.safetensors", type, [(0, 1, 0), (0, 1, 1)], [3, 4]);
        using FiringDump dump = FiringDump.Open(folder);
        Assert.Equal((5, 2, StoredElement.Float32), (dump.FeatureCount, dump.DocumentCount, dump.Activation));
        Assert.Equal(["0 1 2:1", "0 1 3:3", "0 1 4:4", "1 0 0:2"], All(dump));
        Assert.Equal(["0 1 2:1", "0 1 3:3", "0 1 4:4", "1 0 0:2"], All(dump)); // and once more
    }

    [Fact]
    public void A_latent_outside_the_range_of_its_file_is_refused()
    {
        Split("0_2.safetensors", "U16", [(0, 0, 0)], [1]);
        Split("3_4.safetensors", "U16", [(0, 0, 3)], [1]); // absolute, as some writers mean it
        Refused("a file of latents 3 to 4 has 0 to 1");
    }

    [Fact]
    public void A_missing_split_is_refused()
    {
        Split("0_2.safetensors", "U16", [(0, 0, 0)], [1]);
        Split("6_8.safetensors", "U16", [(0, 0, 0)], [1]);
        Refused("latents 3 to 5 are in no file");
    }

    [Fact]
    public void Splits_that_overlap_are_refused()
    {
        Split("0_3.safetensors", "U16", [(0, 0, 0)], [1]);
        Split("3_8.safetensors", "U16", [(0, 0, 0)], [1]);
        Refused("which another file has too");
    }

    [Fact]
    public void Rows_that_do_not_ascend_are_refused()
    {
        Split("0_3.safetensors", "U16", [(0, 0, 0), (2, 0, 0), (1, 0, 0)], [1, 1, 1]);
        Refused("rows must ascend");
    }

    [Fact]
    public void Positions_and_latents_of_a_row_may_be_in_any_order_but_not_twice()
    {
        Split("0_3.safetensors", "U16", [(0, 2, 1), (0, 0, 3), (0, 0, 1)], [1, 2, 3]);
        using (FiringDump dump = FiringDump.Open(folder)) Assert.Equal(["0 0 1:3", "0 0 3:2", "0 2 1:1"], All(dump));
        Split("0_3.safetensors", "U16", [(0, 0, 1), (0, 0, 1)], [1, 1]);
        Refused("has a latent twice");
    }

    [Fact]
    public void The_length_of_a_document_comes_from_the_configuration_or_is_said_to_be_guessed()
    {
        Split("0_3.safetensors", "U16", [(0, 2, 1)], [1]);
        using (FiringDump guessed = FiringDump.Open(folder))
        {
            Assert.Equal(3, guessed.Documents().Single().TokenStarts.Length - 1);
            Assert.Contains("nothing says how long", Assert.Single(guessed.Notes), StringComparison.Ordinal);
        }
        using (FiringDump stated = FiringDump.Open(folder, new() { DocumentLength = 9 })) Assert.Equal(9, stated.Documents().Single().TokenStarts.Length - 1);
        File.WriteAllText(Path.Combine(folder, "config.json"), "{\"cache_ctx_len\": 5}");
        using (FiringDump configured = FiringDump.Open(folder)) Assert.Equal(5, configured.Documents().Single().TokenStarts.Length - 1);
        File.WriteAllText(Path.Combine(folder, "config.json"), "{\"cache_ctx_len\": 2}");
        Refused("at position 2 of a document of 2");
    }

    [Fact]
    public void Of_several_modules_one_must_be_named()
    {
        foreach (string module in (string[])["layers.1", "layers.2"])
        {
            Directory.CreateDirectory(Path.Combine(folder, module));
            Split(module + "/0_3.safetensors", "U16", [(0, 0, module[^1] - '0')], [1]);
        }
        Refused("state which one: layers.1, layers.2");
        using FiringDump dump = FiringDump.Open(folder, new() { Module = "layers.2" });
        Assert.Equal(["0 0 2:1"], All(dump));
        Assert.Throws<VectorFileException>(() => FiringDump.Open(folder, new() { Module = "layers.3" }));
    }

    [Fact]
    public void An_unsplit_file_holds_all_latents()
    {
        Split("layers.2.safetensors", "I64", [(0, 0, 70_000)], [1.5f]);
        using FiringDump dump = FiringDump.Open(Path.Combine(folder, "layers.2.safetensors"));
        Assert.Equal(70_001, dump.FeatureCount);
        Assert.Equal(["0 0 70000:1.5"], All(dump));
    }

    [Fact]
    public void Activations_that_are_no_numbers_are_refused()
    {
        Split("0_3.safetensors", "U16", [(0, 0, 0)], [float.NaN]);
        Refused("activation 0 is NaN");
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void Rows_of_a_sparse_matrix_are_blocks_or_tokens(CompressionLevel compression)
    {
        string path = Npz(compression, ("indptr", [0, 2, 2, 3]), ("indices", [4, 1, 0]), ("shape", [3, 6]));
        using (FiringDump blocks = FiringDump.Open(path))
        {
            Assert.Equal((6, 3, true, null), (blocks.FeatureCount, blocks.DocumentCount, blocks.IsBlocks, blocks.Activation));
            Assert.Equal(["0 0 1:1", "0 0 4:1", "2 0 0:1"], All(blocks));
        }
        using FiringDump tokens = FiringDump.Open(path, new() { RowsAreTokens = true, DocumentLength = 2 });
        Assert.Equal(2, tokens.DocumentCount);
        Assert.Equal(["0 0 1:1", "0 0 4:1", "1 0 0:1"], All(tokens));
        Assert.Throws<VectorFileException>(() => FiringDump.Open(path, new() { RowsAreTokens = true }));
    }

    [Fact]
    public void Sparse_matrices_that_cannot_be_are_refused()
    {
        Bad("column 6", ("indptr", [0, 1]), ("indices", [6]), ("shape", [1, 6]));
        Bad("twice", ("indptr", [0, 2]), ("indices", [3, 3]), ("shape", [1, 6]));
        Bad("goes from", ("indptr", [0, 2, 1]), ("indices", [1, 2]), ("shape", [2, 6]));
        Bad("goes from", ("indptr", [0, 3]), ("indices", [1, 2]), ("shape", [1, 6]));
        Bad("indptr ends", ("indptr", [0, 1]), ("indices", [1, 2]), ("shape", [1, 6]));
        Bad("shape says 4 rows", ("indptr", [0, 1]), ("indices", [1]), ("shape", [4, 6]));
        Bad("no array 'indices'", ("indptr", [0, 1]));

        void Bad(string says, params (string, long[])[] arrays)
        {
            string path = Npz(CompressionLevel.NoCompression, arrays);
            VectorFileException error = Assert.Throws<VectorFileException>(() =>
            {
                using FiringDump dump = FiringDump.Open(path);
                All(dump);
            });
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
        }
    }

    private static string[] All(FiringDump dump) => [.. dump.Documents().SelectMany(document =>
        Enumerable.Range(0, document.TokenStarts.Length - 1).SelectMany(position => Enumerable.Range(document.TokenStarts.Span[position], document.TokenStarts.Span[position + 1] - document.TokenStarts.Span[position])
            .Select(i => FormattableString.Invariant($"{document.Document} {position} {document.Features.Span[i]}:{document.Activations.Span[i]}")).ToArray()).ToArray())];

    private void Refused(string says)
    {
        VectorFileException error = Assert.Throws<VectorFileException>(() =>
        {
            using FiringDump dump = FiringDump.Open(folder);
            All(dump);
        });
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    private void Split(string name, string type, (int Row, int Position, int Latent)[] locations, float[] activations)
    {
        using MemoryStream places = new();
        using BinaryWriter writer = new(places);
        foreach ((int row, int position, int latent) in locations)
        {
            foreach (int number in (int[])[row, position, latent])
            {
                if (type == "U16") writer.Write((ushort)number);
                else if (type == "U32") writer.Write((uint)number);
                else writer.Write((long)number);
            }
        }
        int values = 4 * activations.Length;
        string header = $"{{\"activations\":{{\"dtype\":\"F32\",\"shape\":[{activations.Length}],\"data_offsets\":[0,{values}]}},"
            + $"\"locations\":{{\"dtype\":\"{type}\",\"shape\":[{locations.Length},3],\"data_offsets\":[{values},{values + places.Length}]}}}}";
        using BinaryWriter file = new(File.Create(Path.Combine(folder, name)));
        file.Write((long)header.Length);
        file.Write(Encoding.UTF8.GetBytes(header));
        foreach (float activation in activations) file.Write(activation);
        file.Write(places.ToArray());
    }

    private string Npz(CompressionLevel compression, params (string Name, long[] Values)[] arrays)
    {
        string path = Path.Combine(folder, $"{Guid.NewGuid():N}.npz");
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach ((string name, long[] values) in arrays)
        {
            using BinaryWriter writer = new(zip.CreateEntry(name + ".npy", compression).Open());
            string header = $"{{'descr': '<i8', 'fortran_order': False, 'shape': ({values.Length},), }}".PadRight(117) + "\n";
            writer.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0]);
            writer.Write(Encoding.ASCII.GetBytes(header));
            foreach (long value in values) writer.Write(value);
        }
        return path;
    }
}
