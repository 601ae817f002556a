using System.IO.Compression;
using System.Text;

using VecStore.Formats.Bytes;
using VecStore.Formats.Detection;
using VecStore.Formats.Tests.Numpy;
using VecStore.Formats.Tests.Safetensors;
using VecStore.Formats.Tests.Vecs;
using VecStore.Formats.Tests.WordVectors;

namespace VecStore.Formats.Tests.Detection;

public class DetectionTests
{
    private static VectorFileFormat Detect(string name, byte[] bytes) => FormatDetector.Detect(new MemoryBytes(name, bytes), new());

    private static VectorFileFormat Detect(string name, string text) => Detect(name, Encoding.UTF8.GetBytes(text));

    [Fact]
    public void Content_decides_whatever_the_name_says()
    {
        foreach (string name in (string[])["data", "data.bin", "data.txt", "data.csv"])
        {
            Assert.Equal(VectorFileFormat.Npy, Detect(name, NpzTests.Matrix(2, 3)));
            Assert.Equal(VectorFileFormat.Npz, Detect(name, NpzTests.Npz(CompressionLevel.Optimal, ("a.npy", NpzTests.Matrix(2, 3)))));
            Assert.Equal(VectorFileFormat.Safetensors, Detect(name, SafetensorsTests.File("""{"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}""", new byte[24])));
            Assert.Equal(VectorFileFormat.Word2VecText, Detect(name, "2 3\nthe 1 2 3\nof 4 5 6\n"));
            Assert.Equal(VectorFileFormat.JsonLines, Detect(name, "{\"v\":[1,2]}\n"));
        }
        foreach (string name in (string[])["data", "data.bin", "data.txt"])
        {
            Assert.Equal(VectorFileFormat.GloVeText, Detect(name, "the 1 2 3\nof 4 5 6\n"));
            Assert.Equal(VectorFileFormat.Csv, Detect(name, "id,v0,v1\na,1,2\n"));
            Assert.Equal(VectorFileFormat.Tsv, Detect(name, "id\tv0\tv1\na\t1\t2\n"));
        }
    }

    [Fact]
    public void Word2vec_text_and_binary_are_told_apart_by_their_first_row()
    {
        Assert.Equal(VectorFileFormat.Word2VecBinary, Detect("words", Word2VecBinaryTests.File("1 3\n", true, ("the", [1, 2, 3]))));
        Assert.Equal(VectorFileFormat.Word2VecText, Detect("words", "1 3\nthe 1 2 3\n"));
        // Vectors whose bytes are text: still not three numbers.
        Assert.Equal(VectorFileFormat.Word2VecBinary, Detect("words", Encoding.ASCII.GetBytes("1 2\nthe ABCDEFGH")));
    }

    [Fact]
    public void GloVe_text_may_begin_with_a_comma() => Assert.Equal(VectorFileFormat.GloVeText, Detect("glove", ", -0.08 0.67 -0.14\n. 1 2 3\n"));

    [Fact]
    public void A_folder_without_vectors_is_refused()
    {
        using Folder folder = new();
        Assert.Contains("is a folder", Assert.Throws<VectorFileException>(() => VectorSource.Open(folder.Path("."))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Torch_and_Arrow_are_found_by_their_content()
    {
        Assert.Equal(VectorFileFormat.Torch, Detect("a", Fixture.Bytes("torch-1.13.pt")));
        Assert.Equal(VectorFileFormat.Torch, Detect("a", Fixture.Bytes("torch-1.13-legacy.pt")));
        Assert.Equal(VectorFileFormat.Arrow, Detect("a", Fixture.Bytes("sequences.arrow")));
        Assert.Equal(VectorFileFormat.Arrow, Detect("a", Fixture.Bytes("sequences-file.arrow")));
    }

    [Fact]
    public void Where_content_cannot_decide_the_name_does_or_the_user_is_asked()
    {
        byte[] vecs = VecsTests.Fvecs(10, 8);
        Assert.Equal(VectorFileFormat.Fvecs, Detect("a.fvecs", vecs));
        Assert.Equal(VectorFileFormat.Ivecs, Detect("a.ivecs", vecs));
        Assert.Contains("Fvecs from Ivecs", Assert.Throws<VectorFileException>(() => Detect("a.bin", vecs)).Reason, StringComparison.Ordinal);
        byte[] bin = VecsTests.Bin(5, 4, new byte[20]);
        Assert.Equal(VectorFileFormat.U8bin, Detect("a.u8bin", bin));
        Assert.Contains("U8bin from I8bin", Assert.Throws<VectorFileException>(() => Detect("a.bin", bin)).Reason, StringComparison.Ordinal);
        Assert.Equal(VectorFileFormat.RawFloat32, Detect("a.f32", new byte[] { 1, 0, 0x80, 0x3F, 5, 6, 7, 0x40, 1, 1, 1, 1 }));
    }

    [Fact]
    public void What_nothing_can_tell_is_refused_with_the_choices()
    {
        string reason = Assert.Throws<VectorFileException>(() => Detect("a", new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 })).Reason;
        foreach (string name in Enum.GetNames<VectorFileFormat>()) Assert.Contains(name, reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0xBA, 0x16, 0x4F, 0x2F, 12, 0, 0, 0 }, "fastText model")]
    [InlineData(new byte[] { 0x47, 0x47, 0x55, 0x46, 3, 0, 0, 0 }, "GGUF")]
    [InlineData(new byte[] { 0x50, 0x41, 0x52, 0x31, 0, 0 }, "Parquet")]
    [InlineData(new byte[] { 0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10 }, "HDF5")]
    [InlineData(new byte[] { 0x80, 2, 0x7D, 0x71 }, "pickle")]
    [InlineData(new byte[] { 0x1F, 0x8B, 8, 0 }, "gzip")]
    [InlineData(new byte[0], "empty")]
    public void Files_of_other_kinds_are_refused_by_name(byte[] head, string reason) =>
        Assert.Contains(reason, Assert.Throws<VectorFileException>(() => Detect("model.bin", head)).Reason, StringComparison.Ordinal);
}
