using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Doctoring;
using MicroCreds.Ledger.Operator.Engines;
using MicroCreds.Ledger.Operator.Engines.Native;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

public sealed class InstitutionBackupTests : IDisposable
{
    private readonly BackedUpMember _member = new();
    private readonly CancellationTokenSource _interrupted = new();

    private OrganizationSettings Linden => _member.Linden;

    private string Archive => _member.Archive;

    public void Dispose()
    {
        _interrupted.Dispose();
        _member.Dispose();
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
        string other = Path.Combine(_member.Root, "other.tar.gz");
        engine.Opened = _interrupted.Cancel;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => backup.BackUpAsync(Linden, other, _interrupted.Token));
        Assert.Equal(before.Order(), engine.Running.Order());
        Assert.Empty(Directory.GetFiles(_member.Root, "other.tar.gz*"));
    }

    [Fact]
    public async Task Backup_AfterOneThatWasKilled_StartsWhatThatHadStopped()
    {
        var (backup, engine, state) = await BackedUpAsync();
        string[] before = [.. engine.Running.Order()];

        // Who is killed starts nothing again.
        new StoppedParts(state, Linden).Write(before);
        engine.Running.Clear();
        Assert.Contains(LeftoverExamination.Examine(_member.Known(state, engine)), finding =>
            finding.Fault.Contains($"{before[0]} and {before[1]} were stopped", StringComparison.Ordinal));
        await backup.BackUpAsync(Linden, Archive, _interrupted.Token);
        Assert.Equal(before, engine.Running.Order());
        Assert.Empty(LeftoverExamination.Examine(_member.Known(state, engine)));
    }

    [Fact]
    public async Task Restore_ThatHasNotEnded_IsFoundByTheDoctor_UntilAGatewayWritesIntoTheCopy()
    {
        var (backup, engine, state) = await BackedUpAsync();
        engine.Height = () => 3;
        await Assert.ThrowsAsync<OperatorException>(
            () => backup.RestoreAsync(Linden, Archive, _interrupted.Token));
        var found = Assert.Single(LeftoverExamination.Examine(_member.Known(state, engine)));
        Assert.Contains($"remove {Path.Combine(state, "restored-LindenMSP.digest")}", found.Mend,
            StringComparison.Ordinal);

        // What fails from here on happens to a member that is at work already.
        engine.Height = () => engine.Running.Contains(InstitutionParts.Gateway(Linden)) ? 3UL : 10;
        engine.Goal = 10;
        await Assert.ThrowsAsync<OperatorException>(
            () => backup.RestoreAsync(Linden, Archive, _interrupted.Token));
        Assert.Empty(LeftoverExamination.Examine(_member.Known(state, engine)));
        string[] aside = Aside(state);
        engine.Height = () => 10;
        await backup.RestoreAsync(Linden, Archive, _interrupted.Token);
        Assert.True(Aside(state).Length > aside.Length);
    }

    [Fact]
    public async Task Restore_OfADirectoryThatOnlyAGroupMayLookInto_KeepsItSo()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes.");
            return;
        }

        var (backup, _, state) = _member.Build("there", _member.Consortium, "first", BackedUpMember.Fabric);
        string data = Path.Combine(state, InstitutionParts.PeerData(Linden));
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        File.SetUnixFileMode(data, Mode);
        await backup.BackUpAsync(Linden, Archive, _interrupted.Token);
        await backup.RestoreAsync(Linden, Archive, _interrupted.Token);
        Assert.Equal(Mode, File.GetUnixFileMode(data));
    }

    [Theory]
    [InlineData("channel")]
    [InlineData("authority")]
    [InlineData("beginning")]
    [InlineData("fabric")]
    public async Task Restore_OfAnotherNetworksBackup_IsRefusedBeforeAnythingIsStopped(string difference)
    {
        await BackedUpAsync();
        var there = _member.Consortium;
        var here = there with { Channel = difference == "channel" ? "elsewhere" : there.Channel };
        var (backup, engine, state) = _member.Build(
            "here", here, difference == "beginning" ? "another" : "first",
            difference == "fabric" ? new Version(2, 5, 16) : BackedUpMember.Fabric);
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
        var consortium = _member.Consortium with
        {
            Orderer = _member.Consortium.Orderer with { RunsElsewhere = runsElsewhere },
        };
        var built = _member.Build("there", consortium, "first", BackedUpMember.Fabric);
        await built.Backup.BackUpAsync(Linden, Archive, _interrupted.Token);
        return built;
    }

    private static string[] Aside(string state) =>
        Directory.GetDirectories(state, "*.before-restore-*", SearchOption.AllDirectories);
}
