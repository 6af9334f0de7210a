using System.Formats.Tar;
using System.IO.Compression;
using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Engines;
using MicroCreds.Ledger.Operator.Engines.Native;
using MicroCreds.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>A backup is written where it can be whole, and restored only if it is.</summary>
public sealed class DamagedBackupTests : IDisposable
{
    private const string Digests = "digests.json";

    private readonly BackedUpMember _member = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _member.Dispose();

    [Theory]
    [InlineData("gateways/LindenMSP/linden.tar.gz")]
    [InlineData("fabric/peers/LindenMSP/data/linden.tar.gz")]
    [InlineData("organizations/peerOrganizations/linden.example/users/linden.tar.gz")]
    [InlineData("link/linden.tar.gz")]
    public async Task Backup_IntoWhatIsPacked_IsRefusedBeforeAnythingIsStopped(string file)
    {
        var (backup, engine, state) = Build();
        Directory.CreateSymbolicLink(Path.Combine(state, "link"), Path.Combine(state, "gateways", "LindenMSP"));
        engine.Opened = () => Assert.Fail("Everything was stopped.");
        var fault = await Assert.ThrowsAsync<OperatorException>(
            () => backup.BackUpAsync(_member.Linden, Path.Combine(state, file), Cancelled));
        Assert.Contains("nothing was stopped", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(state, "linden.tar.gz*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("cut in its trailer", "cut off")]
    [InlineData("with a wrong checksum", "checksum")]
    [InlineData("with a byte flipped", "checksum")]
    [InlineData("with something after its end", "length of gzip")]
    [InlineData("cut in half", "cut off")]
    [InlineData("with a file altered", "gateways/LindenMSP/mark in it is not as it was packed")]
    [InlineData("without one of its files", "gateways/LindenMSP/mark is missing")]
    [InlineData("without its list", "ends too early")]
    public async Task Restore_OfABackup_IsRefusedAndNothingIsReplaced(string damage, string told)
    {
        var (backup, engine, state) = Build();
        await backup.BackUpAsync(_member.Linden, _member.Archive, Cancelled);
        Damage(damage);
        string[] before = Directory.GetFileSystemEntries(state, "*", SearchOption.AllDirectories);
        var fault = await Assert.ThrowsAsync<OperatorException>(
            () => backup.RestoreAsync(_member.Linden, _member.Archive, Cancelled));
        Assert.Contains(told, fault.Message, StringComparison.Ordinal);
        Assert.Contains(_member.Archive, fault.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed", fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFileSystemEntries(state, "*", SearchOption.AllDirectories));
        Assert.Equal(2, engine.Running.Count);
    }

    [Fact]
    public async Task Restore_OfAnOlderBackupWithoutDigests_IsDone()
    {
        var (backup, _, state) = Build();
        await backup.BackUpAsync(_member.Linden, _member.Archive, Cancelled);
        Repack(entry => entry.Name switch
        {
            Digests => null,
            "backup.json" => Text("""{ "MspId": "LindenMSP", "Channel": "microcreds", "Fabric": "3.1.5" }"""),
            _ => Content(entry),
        });
        string mark = Path.Combine(state, "gateways", "LindenMSP", "mark");
        File.WriteAllText(mark, "another");
        await backup.RestoreAsync(_member.Linden, _member.Archive, Cancelled);
        Assert.Equal("mark", File.ReadAllText(mark));
    }

    [Fact]
    public async Task Restore_OfADamagedStore_IsRefusedAndNothingIsReplaced()
    {
        var (backup, engine, state) = Build();
        string directory = Path.Combine(state, "gateways", "LindenMSP");
        string store = Path.Combine(directory, StorePlace.FileName);
        await using (new StorePlace(directory).Open(Schema.Upgrade))
        {
            // Only made.
        }

        await backup.BackUpAsync(_member.Linden, _member.Archive, Cancelled);
        await backup.RestoreAsync(_member.Linden, _member.Archive, Cancelled);

        // Packed as it is: its digest is that of a file which was damaged before.
        byte[] bytes = File.ReadAllBytes(store);
        for (int page = 4096; page < bytes.Length; page += 4096) bytes.AsSpan(page, 16).Fill(0xFF);
        File.WriteAllBytes(store, bytes);
        await backup.BackUpAsync(_member.Linden, _member.Archive, Cancelled);
        var fault = await Assert.ThrowsAsync<OperatorException>(
            () => backup.RestoreAsync(_member.Linden, _member.Archive, Cancelled));
        Assert.Contains("store.db", fault.Message, StringComparison.Ordinal);
        Assert.Contains("is damaged", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed", fault.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(store));
        Assert.Contains(InstitutionParts.Gateway(_member.Linden), engine.Running);
    }

    private (InstitutionBackup Backup, RecordingEngine Engine, string State) Build() =>
        _member.Build("here", _member.Consortium, "first", BackedUpMember.Fabric);

    private void Damage(string damage)
    {
        byte[] whole = File.ReadAllBytes(_member.Archive);
        void Flip(int at)
        {
            whole[at] ^= 1;
            File.WriteAllBytes(_member.Archive, whole);
        }

        const string Mark = "gateways/LindenMSP/mark";
        switch (damage)
        {
            case "cut in its trailer":
                File.WriteAllBytes(_member.Archive, whole[..^3]);
                break;
            case "cut in half":
                File.WriteAllBytes(_member.Archive, whole[..(whole.Length / 2)]);
                break;
            case "with a wrong checksum":
                Flip(whole.Length - 6);
                break;
            case "with a byte flipped":
                Flip(whole.Length / 2);
                break;
            case "with something after its end":
                File.WriteAllBytes(_member.Archive, [.. whole, 1, 2, 3, 4]);
                break;
            case "with a file altered":
                Repack(entry => entry.Name == Mark ? Text("another") : Content(entry));
                break;
            case "without one of its files":
                Repack(entry => entry.Name == Mark ? null : Content(entry));
                break;
            default:
                Repack(entry => entry.Name == Digests ? null : Content(entry));
                break;
        }
    }

    /// <summary>Packs the archive anew, whole by its checksum, with other contents or without some.</summary>
    private void Repack(Func<TarEntry, byte[]?> change)
    {
        string made = _member.Archive + ".made";
        using (var source = new GZipStream(File.OpenRead(_member.Archive), CompressionMode.Decompress))
        using (var target = new GZipStream(File.Create(made), CompressionLevel.Fastest))
        using (var reader = new TarReader(source))
        using (var writer = new TarWriter(target))
        {
            while (reader.GetNextEntry(copyData: true) is { } entry)
            {
                if (entry.EntryType is TarEntryType.Directory)
                {
                    writer.WriteEntry(entry);
                }
                else if (change(entry) is { } content)
                {
                    using var stream = new MemoryStream(content);
                    writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, entry.Name) { DataStream = stream });
                }
            }
        }

        File.Move(made, _member.Archive, overwrite: true);
    }

    private static byte[] Text(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static byte[] Content(TarEntry entry)
    {
        using var bytes = new MemoryStream();
        entry.DataStream?.CopyTo(bytes);
        return bytes.ToArray();
    }
}
