using System.IO.Compression;
using System.Runtime.InteropServices;

using VecStore.Formats.Bytes;
using VecStore.Formats.Torch;

namespace VecStore.Formats.Tests.Torch;

public class TorchTests
{
    private static byte[] Floats(int count) => MemoryMarshal.AsBytes<float>([.. Enumerable.Range(0, count).Select(i => (float)i)]).ToArray();

    private static TorchFile File(byte[] bytes) => TorchFile.Open(new MemoryBytes("a.pt", bytes));

    private static float[] Read(TorchFile file, string name) => file.ReadAll(file.Tensors().Single(tensor => tensor.Name == name).Tensor);

    [Theory]
    [InlineData("torch-1.13.pt")]
    [InlineData("torch-1.13-legacy.pt")]
    public void What_torch_wrote_is_read_with_every_view_and_type(string name)
    {
        using TorchFile file = File(Fixture.Bytes(name));
        Assert.Equal([.. Enumerable.Range(0, 24).Select(i => (float)i)], Read(file, "state.encoder.weight"));
        TorchTensor decoder = file.Tensors().Single(tensor => tensor.Name == "state.decoder.weight").Tensor;
        Assert.Equal([6L, 4L], decoder.Shape);
        Assert.Equal((true, false), (decoder.IsTransposed, decoder.IsContiguous));
        Assert.Equal([0, 6, 12, 18, 1, 7], Read(file, "state.decoder.weight")[..6]);
        Assert.Equal([2, 3, 4, 5], Read(file, "state.view.a"));
        Assert.Equal([0, 3, 6, 9], Read(file, "state.view.b"));
        Assert.Equal([1.5f, -2.25f], Read(file, "state.half"));
        Assert.Equal([1, 3.140625f, -7, 0.5f], Read(file, "state.bf16"));
        Assert.Equal([32], Read(file, "state.k"));
        Assert.Empty(file.Tensors().Single(tensor => tensor.Name == "state.k").Tensor.Shape);
        Assert.Equal([-1], Read(file, "state.threshold"));
        Assert.Equal([1, 0], Read(file, "state.flags"));
        Assert.Equal([1, 255], Read(file, "state.bytes"));
        Assert.Equal([(float)(1L << 40), -3], Read(file, "state.long"));
        Assert.Equal([1, 1, 1, 1], Read(file, "state.param"));
        Assert.Empty(Read(file, "state.empty"));
        Assert.Equal([.. Enumerable.Range(4, 8).Concat(Enumerable.Range(16, 8)).Select(i => (float)i)], Read(file, "state.sub3"));
        Dictionary<string, object?> values = [];
        TorchFile.Walk(file.Root, "", 0, (path, value) => values[path] = value);
        Assert.Equal(("TopK", 8L, 2.5, "x"), (values["activation"], values["activation_state_dict.k"], values["list.1"], values["list.2.1"]));
    }

    [Fact]
    public void Shared_storages_are_the_same_bytes_for_each_view()
    {
        TorchWriter writer = new TorchWriter().Dictionary(
            ("a", w => w.Tensor("FloatStorage", Floats(12), 4, [2, 3], key: "s")),
            ("b", w => w.Tensor("FloatStorage", Floats(12), 4, [3, 2], [1, 3], 6, key: "s")));
        foreach (byte[] bytes in (byte[][])[writer.Zip(), writer.Legacy()])
        {
            Assert.Equal([[0, 1, 2], [3, 4, 5]], Sources.Read("a.pt", bytes, new() { Tensor = "a" }).Rows);
            Assert.Equal([[6, 9], [7, 10], [8, 11]], Sources.Read("a.pt", bytes, new() { Tensor = "b" }).Rows);
        }
    }

    [Fact]
    public void A_view_of_three_axes_in_another_order_is_read_as_its_axes_say()
    {
        // Positions first in the file, documents first in the tensor: permute(1, 0, 2) of [3, 2, 4].
        byte[] bytes = new TorchWriter().Tensor("FloatStorage", Floats(24), 4, [2, 3, 4], [4, 8, 1]).Zip();
        Table table = Sources.Read("a.pt", bytes);
        Assert.Equal(VectorFileFormat.Torch, table.Format);
        Assert.Equal([0, 8, 16, 4, 12, 20], table.Rows.Select(row => row[0]));
        Assert.Equal(["document", "position"], table.Fields.Select(field => field.Name));
        Assert.Equal([(1L, 2L)], table.Values.Skip(5).Select(values => ((long)values[0]!, (long)values[1]!)));
    }

    [Fact]
    public void States_come_with_their_tokens_and_heads_can_be_joined()
    {
        byte[] ids = MemoryMarshal.AsBytes<long>([.. Enumerable.Range(0, 6).Select(i => 1000L + i)]).ToArray();
        byte[] states = new TorchWriter().Dictionary(
            ("states", w => w.Tensor("BFloat16Storage", [.. Floats(24).Chunk(4).SelectMany(four => four[2..])], 2, [2, 3, 4])),
            ("input_ids", w => w.Tensor("LongStorage", ids, 8, [2, 3]))).Zip();
        Table table = Sources.Read("chunk.pt", states);
        Assert.Equal([1000L, 1001L, 1002L, 1003L, 1004L, 1005L], table.Values.Select(values => (long)values[2]!));
        Assert.Equal([20, 21, 22, 23], table.Rows[5]);

        byte[] heads = new TorchWriter().Floats([.. Enumerable.Range(0, 24).Select(i => (float)i)], 2, 2, 3, 2).Zip();
        Table joined = Sources.Read("z.pt", heads, new() { VectorAxes = 2 });
        Assert.Equal((6, 4), (joined.Dimension, joined.Rows.Count));
        Assert.Equal([18, 19, 20, 21, 22, 23], joined.Rows[3]);
        Assert.Equal([0L, 1L, 0L, 1L], joined.Values.Select(values => (long)values[1]!));
    }

    [Fact]
    public void Untyped_storages_count_bytes_and_the_tensor_says_its_type()
    {
        byte[] numbers = [1, 0, 2, 0, 3, 0, 255, 255];
        byte[] good = new TorchWriter().Tensor("UntypedStorage", numbers, 1, [2, 2], module: "torch.storage", dtype: "uint16").Zip();
        Assert.Equal([[1, 2], [3, 65535]], Sources.Read("a.pt", good).Rows);
        byte[] untyped = new TorchWriter().Tensor("UntypedStorage", numbers, 1, [2, 2], module: "torch").Zip();
        Assert.Contains("without a dtype", Sources.Refusal("a.pt", untyped).Reason, StringComparison.Ordinal);
        byte[] beyond = new TorchWriter().Tensor("UntypedStorage", numbers, 1, [2, 3], module: "torch", dtype: "uint16").Zip();
        Assert.Contains("runs past its storage of 4", Sources.Refusal("a.pt", beyond).Reason, StringComparison.Ordinal);
        byte[] twice = new TorchWriter().Dictionary(("a", w => w.Tensor("UntypedStorage", numbers, 1, [2, 2], key: "s", dtype: "uint16")), ("b", w => w.Tensor("FloatStorage", numbers, 4, [2], key: "s"))).Zip();
        Assert.Contains("two ways", Sources.Refusal("a.pt", twice).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Big_endian_files_are_turned_round()
    {
        byte[] reversed = [.. Floats(4).Chunk(4).SelectMany(four => four.Reverse())];
        Assert.Equal([[0, 1], [2, 3]], Sources.Read("a.pt", new TorchWriter().Tensor("FloatStorage", reversed, 4, [2, 2]).Zip(byteOrder: "big")).Rows);
    }

    [Fact]
    public void A_pickle_that_calls_os_system_is_refused_and_does_nothing()
    {
        using Folder folder = new();
        string mark = folder.Path("called");
        foreach ((string module, string name) in (ReadOnlySpan<(string, string)>)[("posix", "system"), ("os", "system"), ("nt", "system"), ("builtins", "eval"), ("builtins", "getattr"), ("subprocess", "Popen"), ("torch", "load"), ("torch.hub", "load")])
        {
            byte[] evil = new TorchWriter().Dictionary(
                ("w", w => w.Floats([1, 2], 1, 2)),
                ("x", w => w.Global(module, name).Text($"touch {mark}").Raw(0x85, (byte)'R'))).Zip();
            VectorFileException refusal = Sources.Refusal("evil.pt", evil);
            Assert.Contains($"'{module}.{name}'", refusal.Reason, StringComparison.Ordinal);
            Assert.True(refusal.Offset > 0);
            // The same name by the opcode of protocol 4.
            byte[] stacked = new TorchWriter().Text(module).Text(name).Raw(0x93).Text($"touch {mark}").Raw(0x85, (byte)'R').Zip();
            Assert.Contains($"'{module}.{name}'", Sources.Refusal("evil.pt", stacked).Reason, StringComparison.Ordinal);
        }
        Assert.False(System.IO.File.Exists(mark));
    }

    [Theory]
    [InlineData(new byte[] { (byte)'i', (byte)'o', (byte)'s', (byte)'\n', (byte)'x', (byte)'\n' })] // INST
    [InlineData(new byte[] { 0x82, 1 })] // EXT1
    [InlineData(new byte[] { (byte)'(', (byte)'o' })] // OBJ
    [InlineData(new byte[] { (byte)'N', (byte)')', 0x81 })] // NEWOBJ
    [InlineData(new byte[] { (byte)'N', (byte)')', (byte)'R' })] // a call of None
    [InlineData(new byte[] { (byte)']', (byte)'}', (byte)'b' })] // attributes of a list
    [InlineData(new byte[] { (byte)'N', (byte)'N', (byte)'N', (byte)'s' })] // a key for None
    [InlineData(new byte[] { (byte)'N', (byte)'N', (byte)'a' })] // an item for None
    [InlineData(new byte[] { (byte)'N', (byte)'N', 0x93 })] // None as a name
    [InlineData(new byte[] { (byte)']', (byte)'N', (byte)'R' })] // None as arguments
    public void Opcodes_that_make_objects_are_refused(byte[] code) => Sources.Refusal("a.pt", new TorchWriter().Raw(code).Zip());

    [Theory]
    [InlineData(new long[] { 4, 4 }, new long[] { 4, 1 }, 0, "runs past")]
    [InlineData(new long[] { 2, 2 }, new long[] { 2, 1 }, 9, "runs past")]
    [InlineData(new long[] { 2, 2 }, new long[] { 2, 1 }, -1, "runs past")]
    [InlineData(new long[] { 2, 2 }, new long[] { 1L << 62, 1 }, 0, "more elements")]
    [InlineData(new long[] { 1L << 40, 1L << 40 }, new long[] { 0, 0 }, 0, "more elements")]
    [InlineData(new long[] { 1L << 20, 64 }, new long[] { 0, 0 }, 0, "repeats")]
    [InlineData(new long[] { 2, 2 }, new long[] { -2, 1 }, 2, "at least 0")]
    [InlineData(new long[] { 2, 2 }, new long[] { 1 }, 0, "2 sizes and 1 strides")]
    public void A_tensor_stays_within_its_storage(long[] shape, long[] strides, long offset, string says) =>
        Assert.Contains(says, Sources.Refusal("a.pt", new TorchWriter().Tensor("FloatStorage", Floats(10), 4, shape, strides, offset).Zip()).Reason, StringComparison.Ordinal);

    [Fact]
    public void Damaged_archives_are_named()
    {
        TorchWriter writer = new TorchWriter().Floats([1, 2, 3, 4], 2, 2);
        Assert.Contains("compressed", Sources.Refusal("a.pt", writer.Zip(CompressionLevel.Optimal)).Reason, StringComparison.Ordinal);
        byte[] legacy = writer.Legacy();
        Assert.Equal([[1, 2], [3, 4]], Sources.Read("a.pt", legacy).Rows);
        Sources.Refusal("a.pt", legacy[..^3]);
        Assert.Contains("ComplexFloatStorage", Sources.Refusal("a.pt", new TorchWriter().Tensor("ComplexFloatStorage", Floats(4), 8, [2]).Zip()).Reason, StringComparison.Ordinal);
        byte[] damaged = writer.Zip();
        damaged[damaged.AsSpan().IndexOf(MemoryMarshal.AsBytes<float>([3f, 4f]))] ^= 1;
        Assert.Contains("CRC", Sources.Refusal("a.pt", damaged).Reason, StringComparison.Ordinal);
    }
}
