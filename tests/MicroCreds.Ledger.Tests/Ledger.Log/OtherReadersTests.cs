using System.Globalization;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Tiles;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

/// <summary>Our logs read by code that we did not write, and logs of that code read by ours.</summary>
public sealed class OtherReadersTests : IDisposable
{
    private const string Origin = "log.example/ours";
    private const int Size = 530;

    // A SubjectPublicKeyInfo of the algorithm 1.3.101.112, up to the 32 bytes of the key.
    private static readonly byte[] Ed25519Prefix = Convert.FromHexString("302a300506032b6570032100");

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("log-").FullName;
    private readonly IssuerPrivateKey _key = IssuerPrivateKey.Generate(KeyAlgorithm.Ed25519);
    private readonly IssuerPrivateKey _witnessKey = IssuerPrivateKey.Generate(KeyAlgorithm.Ed25519);
    private readonly SampleTree _sample = new(Size);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private NoteSigner Log => new(Origin, NoteKeyType.Ed25519, _key);

    private NoteSigner Witness => new("witness.example/w", NoteKeyType.Cosignature, _witnessKey);

    public void Dispose()
    {
        _key.Dispose();
        _witnessKey.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Sigstore_VerifiesOurHeadsAndInclusionProofs()
    {
        string programs = await NodePrograms.InstallAsync("log", Cancelled);
        int[] leaves = [0, 1, 255, 256, 511, Size - 1];
        var head = await HeadAsync(Size);
        var input = new JsonObject
        {
            ["checkpoint"] = head.ToString(),
            ["name"] = Origin,
            ["keyId"] = Log.Key.Id.ToString("x8", CultureInfo.InvariantCulture),
            ["publicKey"] = Convert.ToBase64String(
                [.. Ed25519Prefix, .. Multikey.Parse(_key.PublicKeyMultibase).Bytes.Span]),
            ["leaves"] = new JsonArray(
                [.. leaves.Select(index => Asked(index, index)), Asked(7, 8)]),
        };
        string file = Path.Combine(_folder, "input.json");
        await File.WriteAllTextAsync(file, input.ToJsonString(), Cancelled);
        var (exitCode, output) = await NodePrograms.RunAsync(
            NodePrograms.Start("node", ["verify.mjs", file], programs), Until.Patience, Cancelled);
        Assert.True(exitCode == 0, output);
        var results = JsonNode.Parse(output)!.AsArray();
        Assert.All(results.SkipLast(1), result =>
        {
            Assert.Null((string?)result!["error"]);
            Assert.Equal((Origin, $"{Size}"), ((string?)result["origin"], (string?)result["size"]));
        });

        // The data of another leaf, which shows that it does verify.
        Assert.Contains("root hash", (string?)results[^1]!["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task GosOwnPackages_ReadOurLog_AndWeReadTheirs()
    {
        string judge = await BuildJudgeAsync();
        var (ours, theirs) = (Path.Combine(_folder, "ours"), Path.Combine(_folder, "theirs"));
        await WriteAsync(ours);
        var (exitCode, output) = await NodePrograms.RunAsync(
            NodePrograms.Start(judge, [ours, theirs, $"{Log.Key}", $"{Witness.Key}"], _folder), Until.Patience,
            Cancelled);
        Assert.True(exitCode == 0, output);
        Assert.Contains($"read {Size} leaves", output, StringComparison.Ordinal);

        var key = NoteKey.Parse(await File.ReadAllTextAsync(Path.Combine(theirs, "key"), Cancelled));
        var (before, now) = (Read(theirs, "checkpoint-500", key), Read(theirs, "checkpoint-600", key));
        var tree = new TiledTree(now.Size, tile => File.ReadAllBytes(Path.Combine(theirs, $"{tile}")));
        Assert.Equal(now.Root.ToArray(), tree.Root());
        string[] proof = await File.ReadAllLinesAsync(Path.Combine(theirs, "consistency"), Cancelled);
        byte[][] path = [.. proof.Select(Convert.FromBase64String)];
        Assert.Equal(path, tree.ConsistencyProof(before.Size));
        Assert.True(LogProofs.IsConsistent(before, now, path));
        byte[] leaf = MerkleTree.LeafHash("their leaf 599"u8);
        Assert.True(MerkleProof.Verify(now.Root.Span, leaf, 599, now.Size, tree.InclusionProof(599)));
    }

    [Fact]
    public async Task Noble_VerifiesOurSignaturesOfMlDsa_AndWeVerifyTheirs()
    {
        string programs = await NodePrograms.InstallAsync("log", Cancelled);
        var key = MlDsaPrivateKey.Generate();
        byte[] message = "said by us"u8.ToArray();
        var head = LogHead.Parse((await HeadAsync(Size)).Text) with { Extensions = ["one 1", "two 2"] };
        var heads = new JsonArray();
        foreach (var (type, origin) in new[]
        {
            (NoteKeyType.MlDsaCosignature, head.Origin), (NoteKeyType.MlDsaHead, head.BoundOrigin),
            (NoteKeyType.MlDsaHead, head.Origin),
        })
        {
            var signer = new NoteSigner("member.example/m", type, key);
            var note = new SignedNote(head.ToText(), [await signer.SignAsync(head.ToText(), Now, Cancelled)]);
            heads.Add(new JsonObject { ["key"] = $"{signer.Key}", ["note"] = $"{note}", ["origin"] = origin });
        }

        string file = Path.Combine(_folder, "mldsa.json");
        await File.WriteAllTextAsync(file, new JsonObject
        {
            ["statement"] = new JsonObject
            {
                ["publicKey"] = Convert.ToBase64String(key.PublicKey.Bytes.Span),
                ["message"] = Convert.ToBase64String(message),
                ["signature"] = Convert.ToBase64String(key.Sign(message)),
            },
            ["heads"] = heads,
        }.ToJsonString(), Cancelled);
        var (exitCode, output) = await NodePrograms.RunAsync(
            NodePrograms.Start("node", ["mldsa.mjs", file], programs), Until.Patience, Cancelled);
        Assert.True(exitCode == 0, output);
        var said = JsonNode.Parse(output)!;
        Assert.True((bool)said["statement"]!);

        // The last one is held against another origin than it was made for.
        Assert.Equal([true, true, false], said["heads"]!.AsArray().Select(one => (bool)one!));
        var theirs = new MlDsaKey(BytesOf("publicKey"));
        Assert.True(theirs.Verify(BytesOf("message"), BytesOf("signature")));
        Assert.False(theirs.Verify("another"u8, BytesOf("signature")));
        Assert.False(key.PublicKey.Verify(BytesOf("message"), BytesOf("signature")));
        byte[] BytesOf(string name) => Convert.FromBase64String((string)said["theirs"]![name]!);
    }

    private static LogHead Read(string folder, string file, NoteKey key)
    {
        var note = SignedNote.Parse(File.ReadAllBytes(Path.Combine(folder, file)));
        Assert.True(note.TryOpen([key], out _, out string? fault), fault);
        return LogHead.Parse(note.Text);
    }

    /// <summary>Builds the program of tests/go/log with the packages that the toolchain itself is built of.</summary>
    private async Task<string> BuildJudgeAsync()
    {
        string root = await AskGoAsync(["env", "GOROOT"], _folder);
        string packages = Path.Combine(root.Trim(), "src", "cmd", "vendor", "golang.org", "x", "mod", "sumdb");
        if (!Directory.Exists(packages)) Assert.Skip($"The Go toolchain has no sumdb packages in {packages}.");
        string source = Path.Combine(_folder, "judge");
        Copy(Path.Combine(Repository.Root, "tests", "go", "log"), source);
        foreach (string package in new[] { "note", "tlog" })
            Copy(Path.Combine(packages, package), Path.Combine(source, "mod", "sumdb", package));
        await File.WriteAllTextAsync(
            Path.Combine(source, "mod", "go.mod"), "module golang.org/x/mod\n\ngo 1.24\n", Cancelled);
        await AskGoAsync(["build", "-o", "log", "."], source);
        return Path.Combine(source, "log");
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    private static async Task<string> AskGoAsync(string[] arguments, string folder)
    {
        // GO names the program where it is not on the PATH; GO= (set to nothing) does without it.
        string program = Environment.GetEnvironmentVariable("GO") ?? "go";
        var start = NodePrograms.Start(program, arguments, folder);
        start.Environment["GOPROXY"] = "off";
        start.Environment["GOTOOLCHAIN"] = "local";
        start.Environment["GOFLAGS"] = "-mod=mod";
        try
        {
            var (exitCode, output) = await NodePrograms.RunAsync(start, Until.Patience, Cancelled);
            Assert.True(exitCode == 0, output);
            return output;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            Assert.Skip("Go's packages cannot be tried: go is not on the PATH.");
            return "";
        }
    }

    private JsonObject Asked(int index, int dataOf) => new()
    {
        ["index"] = $"{index}",
        ["data"] = Convert.ToBase64String(_sample.Entries[dataOf]),
        ["path"] = new JsonArray(
            [.. _sample.Tree.InclusionProof(index).Select(hash => (JsonNode)Convert.ToBase64String(hash))]),
    };

    private async Task<SignedNote> HeadAsync(long size)
    {
        string text = new LogHead(Origin, size, _sample.At(size).Root()).ToText();
        return new SignedNote(text, [await Log.SignAsync(text, Now, Cancelled)])
            .With(await Witness.SignAsync(text, Now, Cancelled));
    }

    /// <summary>Writes what a gateway serves, and each proof.</summary>
    private async Task WriteAsync(string folder)
    {
        foreach (var tile in Tile.AllOf(Size))
        {
            string file = Path.Combine(folder, $"{tile}");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(file, _sample.Serve(tile), Cancelled);
        }

        await File.WriteAllBytesAsync(Path.Combine(folder, "checkpoint"), (await HeadAsync(Size)).ToBytes(), Cancelled);
        for (int i = 0; i < Size; i++)
            await WriteAsync(folder, $"inclusion-{i}", _sample.Tree.InclusionProof(i));
        for (int earlier = 1; earlier < Size; earlier++)
            await WriteAsync(folder, $"consistency-{earlier}", _sample.Tree.ConsistencyProof(earlier));
    }

    private static Task WriteAsync(string folder, string name, IReadOnlyList<byte[]> path) =>
        File.WriteAllLinesAsync(Path.Combine(folder, name), path.Select(Convert.ToBase64String), Cancelled);
}
