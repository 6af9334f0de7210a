using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Engines.Docker;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator.Docker;

/// <summary>What people are told who have no Docker, half of it, or one that does not run.</summary>
public sealed class DockerCommandTests
{
    private static readonly CommandAnswer Well = new(0, "28.0.0", "");
    private static readonly CommandAnswer Ill = new(1, "", "Cannot connect to the Docker daemon");

    [Fact]
    public async Task Docker_NotInstalled_IsSaid() =>
        Assert.Contains("install Docker Engine", await FaultAsync(_ => null), StringComparison.Ordinal);

    [Fact]
    public async Task Daemon_NotRunning_IsSaidWithItsOwnWords()
    {
        string fault = await FaultAsync(_ => Ill);
        Assert.Contains("Cannot connect to the Docker daemon", fault, StringComparison.Ordinal);
        Assert.Contains("systemctl start docker", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compose_Missing_IsSaid() => Assert.Contains(
        "docker-compose-plugin",
        await FaultAsync(command => command is ["docker", "version", ..] ? Well : command[0] == "docker" ? Ill : null),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("docker")]
    [InlineData("docker-compose")]
    public async Task Compose_AsPluginOrAlone_IsFound(string program) =>
        Assert.NotNull(await DockerCommand.FindAsync(
            (command, _) => Task.FromResult<CommandAnswer?>(
                command is ["docker", "version", ..] || command[0] == program ? Well : Ill),
            TestContext.Current.CancellationToken));

    private static async Task<string> FaultAsync(Func<string[], CommandAnswer?> answer)
    {
        var fault = await Assert.ThrowsAsync<UnavailableException>(() => DockerCommand.FindAsync(
            (command, _) => Task.FromResult(answer(command)), TestContext.Current.CancellationToken));
        return fault.Message;
    }
}
