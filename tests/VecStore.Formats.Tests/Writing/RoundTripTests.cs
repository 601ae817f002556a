using System.Diagnostics;

namespace VecStore.Formats.Tests.Writing;

public class RoundTripTests
{
    private const int Seed = 5;

    private static readonly string[] Keys = ["the", "café", "a,b\"c\"", "naïve", "x"];

    private static float[][] Rows(StoredElement element)
    {
        Random random = new(Seed);
        return [.. Keys.Select(_ => Enumerable.Range(0, 7).Select(_ => element switch
        {
            StoredElement.Float16 => (float)(Half)random.NextSingle(),
            StoredElement.BFloat16 => random.Next(-128, 128) / 16f,
            _ => (random.NextSingle() - 0.5f) * MathF.Pow(10, random.Next(-20, 20)),
        }).ToArray())];
    }

    private static void Write(string path, VectorFileFormat format, float[][] rows, WriterOptions options, string[]? keys = null)
    {
        using VectorWriter writer = VectorWriter.Create(path, format, options);
        for (int i = 0; i < rows.Length; i++) writer.Write(rows[i], keys?[i]);
        writer.Complete();
    }

    [Theory]
    [InlineData(VectorFileFormat.Npy, StoredElement.Float32)]
    [InlineData(VectorFileFormat.Npy, StoredElement.Float16)]
    [InlineData(VectorFileFormat.Safetensors, StoredElement.Float32)]
    [InlineData(VectorFileFormat.Safetensors, StoredElement.Float16)]
    [InlineData(VectorFileFormat.Safetensors, StoredElement.BFloat16)]
    [InlineData(VectorFileFormat.Word2VecText, StoredElement.Float32)]
    [InlineData(VectorFileFormat.Word2VecBinary, StoredElement.Float32)]
    [InlineData(VectorFileFormat.GloVeText, StoredElement.Float32)]
    [InlineData(VectorFileFormat.Csv, StoredElement.Float32)]
    [InlineData(VectorFileFormat.Tsv, StoredElement.Float32)]
    [InlineData(VectorFileFormat.JsonLines, StoredElement.Float32)]
    public void What_is_written_reads_back_to_the_same_bits_and_keys(VectorFileFormat format, StoredElement element)
    {
        using Folder folder = new();
        string path = folder.Path("file"), keysPath = folder.Path("keys");
        bool npy = format == VectorFileFormat.Npy;
        float[][] rows = Rows(element);
        Write(path, format, rows, new(7) { Element = element, RowCount = rows.Length, KeysPath = npy ? keysPath : null }, Keys);
        Assert.Equal(npy ? ["file", "keys"] : ["file"], folder.Files);
        using VectorSource source = VectorSource.Open(path, new() { KeysPath = npy ? keysPath : null });
        Assert.Equal(format, source.Format);
        Table table = Sources.Drain(source);
        Assert.Equal(rows, table.Rows);
        Assert.Equal(Keys, table.Keys);
    }

    [Theory]
    [InlineData(VectorFileFormat.Csv)]
    [InlineData(VectorFileFormat.JsonLines)]
    public void Metadata_reads_back(VectorFileFormat format)
    {
        using Folder folder = new();
        SourceField[] fields = [new("year", SourceFieldType.Int64), new("score", SourceFieldType.Double), new("open", SourceFieldType.Bool),
            new("title", SourceFieldType.String), new("tags", SourceFieldType.StringList)];
        object?[][] values = [[2020L, 0.1, true, "a \"quoted\",\nline", new[] { "x,y", "z" }], [null, -1e300, false, null, Array.Empty<string>()]];
        using (VectorWriter writer = VectorWriter.Create(folder.Path("file"), format, new(2) { Fields = fields }))
        {
            writer.Write([1, 2], "a", values[0]);
            writer.Write([3, 4], "b", values[1]);
            writer.Complete();
        }
        using VectorSource source = VectorSource.Open(folder.Path("file"));
        Table table = Sources.Drain(source);
        Assert.Equal(fields, table.Fields);
        Assert.Equal(values[0], table.Values[0]);
        Assert.Equal(values[1], table.Values[1]);
    }

    [Fact]
    public void A_safetensors_file_of_odd_halves_keeps_its_offsets_aligned_and_its_keys()
    {
        using Folder folder = new();
        Write(folder.Path("file"), VectorFileFormat.Safetensors, [[1], [2], [3]], new(1) { Element = StoredElement.Float16 }, ["a", "", "ccc"]);
        using VectorSource source = VectorSource.Open(folder.Path("file"));
        source.SkipTo(1);
        VectorBlock block = new();
        Assert.True(source.Read(block));
        Assert.Equal(["", "ccc"], block.Keys.Take(block.Count));
    }

    [Fact]
    public void A_file_without_keys_is_written_without_them()
    {
        using Folder folder = new();
        foreach (VectorFileFormat format in (VectorFileFormat[])[VectorFileFormat.Npy, VectorFileFormat.Safetensors, VectorFileFormat.Csv, VectorFileFormat.JsonLines])
        {
            string path = folder.Path($"file.{format}");
            Write(path, format, [[1, 2], [3, 4]], new(2));
            using VectorSource source = VectorSource.Open(path);
            Assert.False(source.HasKeys);
            Assert.Equal(2, Sources.Drain(source).Rows.Count);
        }
    }

    [Theory]
    [InlineData(VectorFileFormat.Word2VecText, "two words")]
    [InlineData(VectorFileFormat.Word2VecBinary, "two words")]
    [InlineData(VectorFileFormat.GloVeText, "two\nlines")]
    [InlineData(VectorFileFormat.GloVeText, "")]
    [InlineData(VectorFileFormat.Word2VecText, null)]
    [InlineData(VectorFileFormat.Npy, "key")]
    public void A_key_that_the_format_cannot_hold_is_refused(VectorFileFormat format, string? key)
    {
        using Folder folder = new();
        using VectorWriter writer = VectorWriter.Create(folder.Path("file"), format, new(2) { RowCount = 1 });
        Assert.Throws<ArgumentException>(() => writer.Write([1, 2], key));
    }

    [Fact]
    public void Without_completion_nothing_is_left_and_what_was_there_stays()
    {
        using Folder folder = new();
        File.WriteAllText(folder.Path("file"), "old");
        foreach (VectorFileFormat format in (VectorFileFormat[])[VectorFileFormat.Npy, VectorFileFormat.Safetensors])
        {
            using VectorWriter writer = VectorWriter.Create(folder.Path("file"), format, new(2) { RowCount = 2 });
            writer.Write([1, 2]);
            Assert.Throws<InvalidOperationException>(writer.Complete);
        }
        Assert.Equal(["file"], folder.Files);
        Assert.Equal("old", File.ReadAllText(folder.Path("file")));
    }

    [Fact]
    public void The_real_words_are_the_same_in_every_format()
    {
        string npy = Checkout.Shared("data/words/glove6b-100d-120k.npy");
        using VectorSource words = VectorSource.Open(npy, new() { KeysPath = Path.ChangeExtension(npy, null) + ".vocab.txt" });
        Table expected = Sources.Drain(words, 1024);
        using Folder folder = new();
        foreach (VectorFileFormat format in (VectorFileFormat[])[VectorFileFormat.GloVeText, VectorFileFormat.Word2VecText, VectorFileFormat.Word2VecBinary, VectorFileFormat.Safetensors])
        {
            Write(folder.Path("file"), format, [.. expected.Rows], new(100) { RowCount = 120_000 }, [.. expected.Keys.Select(key => key!)]);
            using VectorSource source = VectorSource.Open(folder.Path("file"));
            Assert.Equal(format, source.Format);
            Table table = Sources.Drain(source, 1024);
            Assert.True(expected.Keys.SequenceEqual(table.Keys));
            for (int row = 0; row < expected.Rows.Count; row++) Assert.True(expected.Rows[row].AsSpan().SequenceEqual(table.Rows[row]), $"{format}, row {row}");
        }
    }

    [Fact]
    public void NumPy_reads_our_npy_files_to_the_same_numbers()
    {
        const string Python = "/usr/bin/python3";
        if (!File.Exists(Python) || Run(Python, "-c", "import numpy") != "") Assert.Skip($"no {Python} with numpy on this machine");
        using Folder folder = new();
        foreach (StoredElement element in (StoredElement[])[StoredElement.Float32, StoredElement.Float16])
        {
            float[][] rows = Rows(element);
            Write(folder.Path("a.npy"), VectorFileFormat.Npy, rows, new(7) { Element = element });
            string bits = Run(Python, "-c", "import numpy,sys; a=numpy.load(sys.argv[1]); print(a.dtype, a.shape, ' '.join(str(x) for x in a.astype('f4').view('u4').ravel()))", folder.Path("a.npy"));
            string expected = string.Join(' ', rows.SelectMany(row => row).Select(BitConverter.SingleToUInt32Bits));
            Assert.Equal($"{(element == StoredElement.Float32 ? "float32" : "float16")} (5, 7) {expected}", bits.Trim());
        }
    }

    [Fact]
    public void What_NumPy_writes_is_read_to_the_same_numbers()
    {
        const string Python = "/usr/bin/python3";
        if (!File.Exists(Python) || Run(Python, "-c", "import numpy") != "") Assert.Skip($"no {Python} with numpy on this machine");
        using Folder folder = new();
        const string Script = """
            import numpy as n, sys
            a = (n.arange(600).reshape(200, 3) - 300)
            for t in ['<f4', '>f4', '<f8', '>f2', '<i2', '>i8']:
                b = a.astype(t); name = sys.argv[1] + t.replace('<', 'l').replace('>', 'b')
                n.save(name + '.npy', b); n.save(name + '_f.npy', n.asfortranarray(b))
                n.lib.format.write_array(open(name + '_2.npy', 'wb'), b, version=(2, 0))
                n.savez(name + '.npz', b); n.savez_compressed(name + '_c.npz', n.asfortranarray(b))
            """;
        Assert.Equal("", Run(Python, "-c", Script, folder.Path("a")));
        float[][] expected = [.. Enumerable.Range(0, 200).Select(row => new[] { 3f * row - 300, 3f * row - 299, 3f * row - 298 })];
        Assert.Equal(30, folder.Files.Length);
        foreach (string name in folder.Files)
        {
            using VectorSource source = VectorSource.Open(folder.Path(name));
            Assert.Equal(expected, Sources.Drain(source, 17).Rows);
        }
    }

    internal static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : output + errors + $"exit code {process.ExitCode}";
    }
}
