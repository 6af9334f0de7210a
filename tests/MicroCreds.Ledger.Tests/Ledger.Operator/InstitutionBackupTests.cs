using System.Security.Cryptography;
using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Engines;
using MicroCreds.Ledger.Operator.Engines.Native;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

public sealed class InstitutionBackupTests : IDisposable
{
    private const string Mark = "mark";

    private static readonly Version Fabric = new(3, 1, 5);

    private readonly string _root = Directory.CreateTempSubdirectory("microcreds-").FullName;
    private readonly Consortium _consortium = SampleConsortium.Read() with { Chaincodes = [] };
    private readonly CancellationTokenSource _interrupted = new();

    private OrganizationSettings Linden => _consortium.Organizations.Single(o => o.MspId == "LindenMSP");

    private string Archive => Path.Combine(_root, "linden.tar.gz");

    public void Dispose()
    {
        _interrupted.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Restore_PeerGetsBlockAfterBlock_IsWaitedForAsLongAsThatTakes()
    {
        var (backup, engine, _) = await BackedUpAsync();
        ulong height = 1;
        engine.Goal = 12;
        engine.Height = () => height++;
        await backup.RestoreAsync(Linden, Archive, _interrupted.Token);
        Assert.Equal(13UL, height - 1);
        Assert.Contains(InstitutionParts.Gateway(Linden), engine.Running);
    }

    [Fact]
    public async Task Restore_PeerGetsNoFurther_SaysItsHeight_AndTheNextTryGoesOnWithTheCopy()
    {
        var (backup, engine, state) = await BackedUpAsync();
        engine.Height = () => 3;
        var fault = await Assert.ThrowsAsync<OperatorException>(
            () => backup.RestoreAsync(Linden, Archive, _interrupted.Token));
        Assert.Contains("has 3 of 10 blocks", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(InstitutionParts.Gateway(Linden), engine.Running);
        string[] aside = Aside(state);

        engine.Height = () => 10;
        await backup.RestoreAsync(Linden, Archive, _interrupted.Token);
        Assert.Equal(aside, Aside(state));
        Assert.Contains(InstitutionParts.Gateway(Linden), engine.Running);

        // What follows a restore that was finished is another one.
        await backup.RestoreAsync(Linden, Archive, _interrupted.Token);
        Assert.Equal(2 * aside.Length, Aside(state).Length);
    }

    [Fact]
    public async Task Restore_PeerEnds_SaysSoAtOnce()
    {
        var (backup, engine, _) = await BackedUpAsync();
        engine.Height = () =>
        {
            engine.Running.Clear();
            return null;
        };
        var fault = await Assert.ThrowsAsync<OperatorException>(
            () => backup.RestoreAsync(Linden, Archive, _interrupted.Token));
        Assert.Contains("ended while it was catching up", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_WhereOthersRunTheOrderers_EndsOnceNoFurtherBlockComes()
    {
        var (backup, engine, _) = await BackedUpAsync(runsElsewhere: true);
        (engine.Goal, ulong height) = (null, 1);
        engine.Height = () => Math.Min(height++, 8);
        await backup.RestoreAsync(Linden, Archive, _interrupted.Token);
        Assert.True(height > 8);
    }

    [Fact]
    public async Task Backup_InterruptedWhileItPacks_StartsWhatItStopped()
    {
        var (backup, engine, _) = await BackedUpAsync();
        string[] before = [.. engine.Running];
        string other = Path.Combine(_root, "other.tar.gz");
        engine.Opened = _interrupted.Cancel;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => backup.BackUpAsync(Linden, other, _interrupted.Token));
        Assert.Equal(before.Order(), engine.Running.Order());
        Assert.Empty(Directory.GetFiles(_root, "other.tar.gz*"));
    }

    [Theory]
    [InlineData("channel")]
    [InlineData("authority")]
    [InlineData("beginning")]
    [InlineData("fabric")]
    public async Task Restore_OfAnotherNetworksBackup_IsRefusedBeforeAnythingIsStopped(string difference)
    {
        await BackedUpAsync();
        var here = _consortium with { Channel = difference == "channel" ? "elsewhere" : _consortium.Channel };
        var (backup, engine, state) = Build(
            "here", here, difference == "beginning" ? "another" : "first",
            difference == "fabric" ? new Version(2, 5, 16) : Fabric);
        if (difference != "authority")
        {
            Directory.Delete(Path.Combine(state, "organizations"), recursive: true);
        }

        string[] before = Directory.GetFileSystemEntries(state, "*", SearchOption.AllDirectories);
        var fault = await Assert.ThrowsAsync<OperatorException>(
            () => backup.RestoreAsync(Linden, Archive, _interrupted.Token));
        Assert.Contains("Nothing was changed", fault.Message, StringComparison.Ordinal);
        Assert.Contains(
            difference == "beginning" ? "begins with another block" : difference, fault.Message,
            StringComparison.OrdinalIgnoreCase);
        Assert.Equal(before, Directory.GetFileSystemEntries(state, "*", SearchOption.AllDirectories));
        Assert.Equal(2, engine.Running.Count);
    }

    private async Task<(InstitutionBackup Backup, RecordingEngine Engine, string State)> BackedUpAsync(
        bool runsElsewhere = false)
    {
        var consortium = _consortium with
        {
            Orderer = _consortium.Orderer with { RunsElsewhere = runsElsewhere },
        };
        var built = Build("there", consortium, "first", Fabric);
        await built.Backup.BackUpAsync(Linden, Archive, _interrupted.Token);
        return built;
    }

    /// <summary>A network whose ledger begins with a block of this content, at a member's peer that runs.</summary>
    private (InstitutionBackup Backup, RecordingEngine Engine, string State) Build(
        string name, Consortium consortium, string beginning, Version fabric)
    {
        string state = Path.Combine(_root, name);
        KeyMaterial.Ensure(state, consortium, DateTimeOffset.UtcNow);
        var files = new NativeFiles(state);
        byte[] hash = SHA256.HashData(ByteString.CopyFromUtf8(beginning).Span);
        var genesis = new Block { Header = new BlockHeader { DataHash = ByteString.CopyFrom(hash) } };
        string chain = Directory.CreateDirectory(files.PeerChannel(Linden, consortium.Channel)).FullName;
        File.WriteAllBytes(files.GenesisBlock, genesis.ToByteArray());
        File.WriteAllBytes(Path.Combine(chain, "blockfile_000000"), [7, 0, 32, .. hash, 0]);
        Directory.CreateDirectory(Path.Combine(state, InstitutionParts.GatewayData(Linden)));
        File.WriteAllText(Path.Combine(state, InstitutionParts.GatewayData(Linden), Mark), Mark);
        var engine = new RecordingEngine(state);
        engine.Running.UnionWith([InstitutionParts.Peer(Linden), InstitutionParts.Gateway(Linden)]);
        var known = new NetworkState
        {
            State = state,
            Consortium = consortium,
            Network = Up.Describe(consortium, engine.Name, state, before: null),
            Engine = engine,
        };
        return (new InstitutionBackup(known, engine, fabric) { Patience = TimeSpan.FromSeconds(1) }, engine, state);
    }

    private static string[] Aside(string state) =>
        Directory.GetDirectories(state, "*.before-restore-*", SearchOption.AllDirectories);
}
