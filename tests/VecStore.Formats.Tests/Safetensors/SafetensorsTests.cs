using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace VecStore.Formats.Tests.Safetensors;

public class SafetensorsTests
{
    internal static byte[] File(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        return [.. length, .. json, .. data];
    }

    private static byte[] Floats(int count) => MemoryMarshal.AsBytes<float>([.. Enumerable.Range(0, count).Select(i => (float)i)]).ToArray();

    [Fact]
    public void The_only_matrix_is_read_and_others_are_chosen_by_name()
    {
        byte[] file = File("""
            {"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[2],"data_offsets":[24,32]},"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}
            """, Floats(8));
        Table table = Sources.Read("a.safetensors", file);
        Assert.Equal([[0, 1, 2], [3, 4, 5]], table.Rows);
        Assert.Contains(table.Notes, note => note.Contains("'w' is the only matrix", StringComparison.Ordinal));
        Assert.Equal([[6, 7]], Sources.Read("a.safetensors", file, new() { Tensor = "b", Dimension = 2 }).Rows);
        Assert.Contains("w (2, 3) F32", Sources.Refusal("a.safetensors", file, new() { Tensor = "x" }).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("F64", 8)]
    [InlineData("F32", 4)]
    [InlineData("F16", 2)]
    [InlineData("BF16", 2)]
    [InlineData("I8", 1)]
    [InlineData("U8", 1)]
    [InlineData("I16", 2)]
    [InlineData("U16", 2)]
    [InlineData("I32", 4)]
    [InlineData("U32", 4)]
    [InlineData("I64", 8)]
    [InlineData("U64", 8)]
    [InlineData("BOOL", 1)]
    public void Every_number_type_is_read(string dtype, int width)
    {
        byte[] one = dtype switch
        {
            "F64" => BitConverter.GetBytes(1.0),
            "F32" => BitConverter.GetBytes(1f),
            "F16" => BitConverter.GetBytes((Half)1),
            "BF16" => [0x80, 0x3F],
            _ => [1, .. new byte[width - 1]],
        };
        byte[] file = File($$$"""{"w":{"dtype":"{{{dtype}}}","shape":[2,2],"data_offsets":[0,{{{4 * width}}}]}}""", [.. one, .. new byte[width], .. one, .. one]);
        Assert.Equal([[1, 0], [1, 1]], Sources.Read("a.safetensors", file).Rows);
    }

    [Theory]
    [InlineData("""{"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,20]}}""", 20, "192 bits")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}""", 25, "the file holds 25")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}""", 23, "the file holds 23")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2,3],"data_offsets":[4,28]}}""", 28, "a hole or an overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "a hole or an overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "there twice")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,24]}}""", 24, "more elements than any file")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2,-3],"data_offsets":[0,24]}}""", 24, "integer of 0")]
    [InlineData("""{"w":{"dtype":"Q4","shape":[2,3],"data_offsets":[0,24]}}""", 24, "'Q4'")]
    [InlineData("""{"w":{"dtype":"F8_E4M3","shape":[2,3],"data_offsets":[0,6]}}""", 6, "cannot be read as vectors")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}""", 24, "cannot be read")]
    [InlineData("""{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"__metadata__":{"a":1}}""", 0, "not a string")]
    [InlineData("""{}""", 0, "no tensors")]
    public void What_the_reference_refuses_is_refused(string header, int dataLength, string reason) =>
        Assert.Contains(reason, Sources.Refusal("a.safetensors", File(header, new byte[dataLength])).Reason, StringComparison.Ordinal);

    [Fact]
    public void A_header_that_claims_2_to_the_60_bytes_is_refused_without_allocating_them()
    {
        byte[] file = File("""{"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}""", new byte[24]);
        BinaryPrimitives.WriteInt64LittleEndian(file, 1L << 60);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("claims 1,152,921,504,606,846,976 bytes", Sources.Refusal("a.safetensors", file).Reason, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public void Trailing_spaces_and_empty_tensors_are_legal()
    {
        byte[] file = File("""{"e":{"dtype":"F32","shape":[0],"data_offsets":[24,24]},"s":{"dtype":"F32","shape":[],"data_offsets":[24,28]},"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}      """, Floats(7));
        Assert.Equal(2, Sources.Read("a.safetensors", file).Rows.Count);
    }

    [Fact]
    public void A_sharded_set_is_read_through_its_index()
    {
        using Folder folder = new();
        System.IO.File.WriteAllBytes(folder.Path("m-00001.safetensors"), File("""{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}""", Floats(6)));
        System.IO.File.WriteAllBytes(folder.Path("m-00002.safetensors"), File("""{"b":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]}}""", Floats(6)));
        string index = folder.Path("model.safetensors.index.json");
        System.IO.File.WriteAllText(index, """{"metadata":{"total_size":48},"weight_map":{"a":"m-00001.safetensors","b":"m-00002.safetensors","c":"gone.safetensors"}}""");
        using (VectorSource source = VectorSource.Open(index, new() { Tensor = "b" })) Assert.Equal([[0, 1], [2, 3], [4, 5]], Sources.Drain(source).Rows);
        Assert.Contains("state which one: a; b; c", Assert.Throws<VectorFileException>(() => VectorSource.Open(index)).Reason, StringComparison.Ordinal);
        Assert.Contains("not beside the index", Assert.Throws<VectorFileException>(() => VectorSource.Open(index, new() { Tensor = "c" })).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../secret.safetensors")]
    [InlineData("/etc/secret.safetensors")]
    [InlineData("..\\\\secret.safetensors")]
    [InlineData("..")]
    public void An_index_cannot_lead_out_of_its_folder(string file) => Assert.Contains("not a plain file name",
        Sources.Refusal("model.safetensors.index.json", $$$"""{"weight_map":{"a":"{{{file}}}"}}""").Reason, StringComparison.Ordinal);

    [Fact]
    public void The_weights_of_a_real_autoencoder_equal_those_of_its_npz()
    {
        using VectorSource tensors = VectorSource.Open(Checkout.Shared("data/stories260k/sae_weights.safetensors"), new() { Tensor = "W_dec" });
        using VectorSource arrays = VectorSource.Open(Checkout.Shared("data/stories260k/params.npz"), new() { Tensor = "W_dec" });
        Assert.Equal(Sources.Drain(arrays).Rows, Sources.Drain(tensors).Rows);
    }
}
