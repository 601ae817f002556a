using System.Text;

namespace VecStore.Storage.Tests.Manifest;

public sealed class ManifestFileTests
{
    private static readonly Storage.Manifest Sample = new()
    {
        Generation = 12,
        NextSegmentId = 40,
        NextCollectionId = 3,
        LogCheckpoint = 1_000_000_000_000,
        LastSequence = 1_000_000_000_007,
        Collections =
        [
            new()
            {
                Name = "wörter \"quoted\"\n",
                Id = 2,
                Schema = new(768)
                {
                    Metric = Metric.Euclidean, ElementType = ElementType.BFloat16, KeyKind = KeyKind.String,
                    Fields = [new("year", FieldType.Int64), new("tags", FieldType.StringList)],
                },
                Segments =
                [
                    new() { Id = 7, Rows = 1000, File = "00000007.segment", GraphFile = "00000007.graph", DeletedFile = "00000007-12.deleted", DeletedCount = 3 },
                    new() { Id = 9, Rows = 1, File = "00000009.segment" },
                ],
                Index = new() { M = 32, EfConstruction = 400, Seed = -5 },
                Provenance =
                [
                    new() { Source = "words.npy", At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), Rows = 1000, Details = new Dictionary<string, string> { ["shard"] = "1/4" } },
                ],
            },
            new() { Name = "empty", Id = 1 },
        ],
    };

    [Fact]
    public void What_was_published_is_read_back()
    {
        using TestFolder folder = new();
        ManifestFile.Publish(folder.Files, folder.Path("manifest"), Sample);
        Storage.Manifest read = ManifestFile.Read(folder.Files, folder.Path("manifest"));
        Assert.Equivalent(Sample, read, strict: true);
        Assert.Equal(ManifestFile.Format(Sample), ManifestFile.Format(read));
        Assert.Equal(["manifest"], folder.Files.List(folder));
        Assert.Equal(Metric.Euclidean, read.Collections[0].Schema.Metric);
        Assert.Equal("tags", read.Collections[0].Schema.Fields[1].Name);
        Assert.Null(read.Collections[0].Segments[1].GraphFile);
    }

    [Fact]
    public void Members_that_are_no_more_are_passed_over()
    {
        string body = Encoding.UTF8.GetString(ManifestFile.Format(Sample)[..^16]);
        string old = body.Replace("\"seed\": -5", "\"seed\": -5,\n        \"minimumRows\": 1", StringComparison.Ordinal);
        Assert.NotEqual(body, old);
        byte[] bytes = Encoding.UTF8.GetBytes(old);
        Storage.Manifest read = ManifestFile.Parse([.. bytes, .. Encoding.ASCII.GetBytes($"crc32c {Crc32C.Compute(bytes):X8}\n")], "manifest");
        Assert.Equivalent(Sample, read, strict: true);
    }

    /// <summary>An older program would take the file of an attachment for a leftover and delete it: it is kept from opening such a store, and only such a store.</summary>
    [Fact]
    public void A_manifest_with_attachments_has_version_2_and_one_without_has_version_1()
    {
        Storage.Manifest attached = Sample with
        {
            Collections =
            [
                Sample.Collections[0] with
                {
                    Attachments =
                    [
                        new()
                        {
                            Name = "firings", Kind = FileKind.Firings, Id = 39, File = "00000039.firings",
                            Provenance = new() { Source = "latents/", Details = new Dictionary<string, string> { ["firings"] = "12" } },
                        },
                    ],
                },
            ],
        };
        Assert.StartsWith("vecstore manifest 1\n", Encoding.UTF8.GetString(ManifestFile.Format(Sample)), StringComparison.Ordinal);
        byte[] bytes = ManifestFile.Format(attached);
        Assert.StartsWith("vecstore manifest 2\n", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.Equivalent(attached, ManifestFile.Parse(bytes, "manifest"), strict: true);
    }

    [Fact]
    public void A_manifest_written_before_there_were_attachments_has_none()
    {
        string text = Encoding.UTF8.GetString(ManifestFile.Format(Sample with { Collections = [Sample.Collections[1]] }));
        int start = text.IndexOf(",\n      \"attachments\"", StringComparison.Ordinal), end = text.IndexOf(']', start) + 1;
        Storage.Manifest read = ManifestFile.Parse(Signed(text[..start] + text[end..text.LastIndexOf("crc32c", StringComparison.Ordinal)]), "manifest");
        Assert.Empty(Assert.Single(read.Collections).Attachments);
    }

    [Fact]
    public void A_later_manifest_replaces_the_one_before()
    {
        using TestFolder folder = new();
        for (long generation = 1; generation <= 3; generation++)
        {
            ManifestFile.Publish(folder.Files, folder.Path("manifest"), Sample with { Generation = generation });
            Assert.Equal(generation, ManifestFile.Read(folder.Files, folder.Path("manifest")).Generation);
        }
    }

    [Fact]
    public void Every_single_flipped_bit_is_found()
    {
        byte[] bytes = ManifestFile.Format(Sample);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<StoreCorruptException>(() => ManifestFile.Parse(bytes, "manifest"));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        Assert.Equal(12, ManifestFile.Parse(bytes, "manifest").Generation);
    }

    [Fact]
    public void A_manifest_cut_anywhere_is_refused()
    {
        using TestFolder folder = new();
        byte[] bytes = ManifestFile.Format(Sample);
        for (int length = 0; length < bytes.Length; length++)
        {
            folder.Write("manifest", bytes[..length]);
            Assert.Throws<StoreCorruptException>(() => ManifestFile.Read(folder.Files, folder.Path("manifest")));
        }
    }

    [Fact]
    public void A_newer_version_is_refused_by_its_name()
    {
        FormatVersionException failure = Assert.Throws<FormatVersionException>(() => ManifestFile.Parse(Signed("vecstore manifest 3\n{}\n"), "manifest"));
        Assert.Equal((3, 2), (failure.Found, failure.Supported));
    }

    [Theory]
    [InlineData("")]
    [InlineData("something else\n{}\n")]
    [InlineData("vecstore manifest x\n{}\n")]
    [InlineData("vecstore manifest 1\n")]
    [InlineData("vecstore manifest 1\nnull\n")]
    [InlineData("vecstore manifest 1\n[]\n")]
    [InlineData("vecstore manifest 1\n{\"generation\": \"x\"}\n")]
    [InlineData("vecstore manifest 1\n{\"collections\": null}\n")]
    [InlineData("vecstore manifest 1\n{\"collections\": [null]}\n")]
    [InlineData("vecstore manifest 1\n{\"collections\": [{\"name\": null}]}\n")]
    [InlineData("vecstore manifest 1\n{\"collections\": [{\"segments\": [{\"file\": null}]}]}\n")]
    public void A_text_with_a_right_checksum_that_is_no_manifest_is_refused(string text) =>
        Assert.Throws<StoreCorruptException>(() => ManifestFile.Parse(Signed(text), "manifest"));

    private static byte[] Signed(string text)
    {
        byte[] body = Encoding.UTF8.GetBytes(text);
        return [.. body, .. Encoding.ASCII.GetBytes($"crc32c {Crc32C.Compute(body):X8}\n")];
    }
}
