using System.Globalization;
using System.IO.Compression;
using System.Text;

using VecStore.Formats.Tests.Numpy;
using VecStore.Formats.Tests.Safetensors;
using VecStore.Formats.Tests.Torch;
using VecStore.Formats.Tests.Vecs;
using VecStore.Formats.Tests.WordVectors;

namespace VecStore.Formats.Tests.Hostile;

public class HostileFileTests
{
    private const int Seed = 1;
    private const long MostBytes = 48 << 20;

    // A longer campaign: VECSTORE_FUZZ_RUNS=1000000.
    private static readonly int Runs = int.Parse(Environment.GetEnvironmentVariable("VECSTORE_FUZZ_RUNS") ?? "20000", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(VectorFileFormat.Npy)]
    [InlineData(VectorFileFormat.Npz)]
    [InlineData(VectorFileFormat.Safetensors)]
    [InlineData(VectorFileFormat.Torch)]
    [InlineData(VectorFileFormat.Arrow)]
    [InlineData(VectorFileFormat.Word2VecText)]
    [InlineData(VectorFileFormat.Word2VecBinary)]
    [InlineData(VectorFileFormat.GloVeText)]
    [InlineData(VectorFileFormat.FastTextVec)]
    [InlineData(VectorFileFormat.Fvecs)]
    [InlineData(VectorFileFormat.Ivecs)]
    [InlineData(VectorFileFormat.Bvecs)]
    [InlineData(VectorFileFormat.Fbin)]
    [InlineData(VectorFileFormat.U8bin)]
    [InlineData(VectorFileFormat.I8bin)]
    [InlineData(VectorFileFormat.Csv)]
    [InlineData(VectorFileFormat.Tsv)]
    [InlineData(VectorFileFormat.JsonLines)]
    [InlineData(VectorFileFormat.RawFloat32)]
    public void A_damaged_file_is_read_or_refused_in_bounded_memory_and_nothing_else(VectorFileFormat format)
    {
        byte[][] corpus = Corpus(format);
        int refused = 0;
        for (int run = 0; run < Runs; run++)
        {
            Random random = new(Seed + run * 31 + (int)format);
            byte[] bytes = new Mutator(random, corpus).Next();
            SourceOptions options = Options(format, random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                ReadAll(bytes, options, random.Next(3) == 0 ? random.Next(1, 4) : 0);
            }
            catch (VectorFileException error)
            {
                refused++;
                Assert.NotEmpty(error.Reason);
                Assert.False(error.Message.Any(char.IsControl), $"run {run} (seed {Seed}): more than one line: {error.Message}");
            }
            catch (Exception error) when (error is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"run {run} (seed {Seed}, {options}): {error}");
            }
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < MostBytes, $"run {run} (seed {Seed}, {options}): {allocated:N0} bytes allocated for a file of {bytes.Length:N0}");
        }
        // A mutator that never hurts would prove nothing, nor would one that always kills.
        Assert.InRange(refused, Runs / 20, Runs - Runs / 100);
    }

    private static void ReadAll(byte[] bytes, SourceOptions options, long skip)
    {
        using VectorSource source = Sources.Open("hostile", bytes, options);
        VectorBlock block = new(5);
        if (skip > 0) source.SkipTo(Math.Min(skip, source.RowCount ?? skip));
        while (source.Read(block))
        {
            Assert.InRange(block.Count, 1, 5);
            Assert.InRange(source.FractionRead ?? 0, 0, 1);
        }
        Assert.False(source.Read(block));
    }

    private static SourceOptions Options(VectorFileFormat format, Random random) => new()
    {
        Format = random.Next(4) == 0 && format != VectorFileFormat.RawFloat32 ? null : format,
        Dimension = format == VectorFileFormat.RawFloat32 || random.Next(8) == 0 ? random.Next(-1, 5) : null,
        AllowCropped = random.Next(3) == 0,
        ColumnsAreVectors = random.Next(4) == 0,
        InvalidText = (InvalidTextPolicy)random.Next(3),
        Element = random.Next(4) == 0 ? (StoredElement)random.Next(14) : null,
        Tensor = random.Next(5) == 0 ? "w" : null,
        KeyField = random.Next(10) == 0 ? "id" : null,
        VectorField = random.Next(10) == 0 ? "v" : null,
        FieldTypes = random.Next(3) == 0 ? new Dictionary<string, SourceFieldType> { ["year"] = (SourceFieldType)random.Next(5) } : new(),
    };

    private static byte[][] Corpus(VectorFileFormat format)
    {
        byte[] matrix = NpzTests.Matrix(6, 3), transposed = NpzTests.Matrix(6, 3, fortran: true);
        (string, float[])[] words = [("the", [1, 2, 3]), ("of", [4, 5, 6]), ("naïve", [7, 8, 9])];
        return format switch
        {
            VectorFileFormat.Npy => [matrix, transposed, NpyTests.Npy("'<f2'", "(3, 2, 3)", new byte[36], version: 2), NpyTests.Npy("'>i8'", "(3, 3)", new byte[72], true, 3)],
            VectorFileFormat.Npz =>
            [
                NpzTests.Npz(CompressionLevel.Optimal, ("w.npy", matrix)),
                NpzTests.Npz(CompressionLevel.NoCompression, ("w.npy", matrix)),
                NpzTests.Npz(CompressionLevel.Optimal, ("w.npy", transposed), ("b.npy", NpyTests.Npy("'<f4'", "(2,)", new byte[8]))),
            ],
            VectorFileFormat.Safetensors =>
            [
                SafetensorsTests.File("""{"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}""", new byte[24]),
                SafetensorsTests.File("""{"__metadata__":{"a":"b"},"w":{"dtype":"F16","shape":[2,3],"data_offsets":[0,12]},"b":{"dtype":"I64","shape":[1],"data_offsets":[12,20]}}""", new byte[20]),
                WithKeys(),
                """{"metadata":{"total_size":48},"weight_map":{"w":"gone.safetensors"}}"""u8.ToArray(),
            ],
            VectorFileFormat.Arrow => [.. new[] { "sequences.arrow", "sequences-file.arrow", "shortened.arrow", "fixed.arrow", "doubles.arrow" }.Select(Fixture.Bytes)],
            VectorFileFormat.Torch => [TorchStates().Zip(), TorchStates().Legacy(), new TorchWriter().Floats([1, 2, 3, 4, 5, 6], 2, 3).Zip()],
            VectorFileFormat.Word2VecText => Texts("3 2\nthe 1 2\nof -0.5 1e-3\nnaïve 5 6\n", "1 4\r\nx 1 2 3 4 \r\n"),
            VectorFileFormat.FastTextVec => Texts("3 2\nthe 1 2 \nof -0.5 1e-3 \nnaïve 5 6 \n"),
            VectorFileFormat.GloVeText => Texts("the 1 2 3\n. . . -0.5 1e-3 2\nnaïve 5 6 7\n", "x 1\n"),
            VectorFileFormat.Word2VecBinary => [Word2VecBinaryTests.File("3 3\n", true, words), Word2VecBinaryTests.File("3 3\n", false, words)],
            VectorFileFormat.Fvecs or VectorFileFormat.Ivecs => [VecsTests.Fvecs(5, 3), VecsTests.Fvecs(20, 1)],
            VectorFileFormat.Bvecs => [VecsTests.Bvecs(5, 3), VecsTests.Bvecs(20, 1)],
            VectorFileFormat.Fbin => [VecsTests.Bin(4, 3, new byte[48])],
            VectorFileFormat.U8bin or VectorFileFormat.I8bin => [VecsTests.Bin(4, 3, new byte[12])],
            VectorFileFormat.Csv => Texts("id,year,v0,v1\na,2020,1,2\n\"b\"\"\",,3,4\n", "id,vector\na,\"[1, 2]\"\nb,3 4\n", "a,1,2\nb,3,4\n", "id;vector;tags\na;1,2;[\"x\"]\n"),
            VectorFileFormat.Tsv => Texts("id\tyear\tv0\tv1\na\t2020\t1\t2\n\"\t\t3\t4\n", "1\t2\n3\t4\n"),
            VectorFileFormat.JsonLines => Texts("""
                {"id":"a","v":[1,2.5e-3],"year":2020,"tags":["x"],"o":{"p":[1]}}
                {"v":[3,4],"id":7,"year":null,"ok":true}

                {"id":"c","v":[-1,0],"year":2.5}
                """),
            _ => [new byte[36]],
        };
    }

    private static TorchWriter TorchStates() => new TorchWriter().Dictionary(
        ("states", writer => writer.Tensor("FloatStorage", new byte[96], 4, [2, 3, 4], [12, 4, 1])),
        ("input_ids", writer => writer.Tensor("IntStorage", new byte[24], 4, [2, 3])),
        ("w", writer => writer.Tensor("HalfStorage", new byte[24], 2, [4, 3], [1, 4])));

    private static byte[][] Texts(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    private static byte[] WithKeys()
    {
        using Folder folder = new();
        using (VectorWriter writer = VectorWriter.Create(folder.Path("w"), VectorFileFormat.Safetensors, new(2)))
        {
            writer.Write([1, 2], "a");
            writer.Write([3, 4], "bcd");
            writer.Complete();
        }
        return File.ReadAllBytes(folder.Path("w"));
    }
}
