using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Engines.Docker;
using MicroCreds.Ledger.Tests.Ledger.Operator;
using MicroCreds.Ledger.Tests.Ledger.Operator.Docker;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// The network of the Docker engine's own Compose file, brought up by Testcontainers: Fabric's images and ours.
/// </summary>
public sealed class ContainerTests : IAsyncDisposable
{
    private static readonly TimeSpan ReachTimeout = TimeSpan.FromSeconds(60);

    private readonly string _state = Directory.CreateTempSubdirectory("microcreds-").FullName;
    private readonly ComposedContainers _containers;

    public ContainerTests() => _containers = new ComposedContainers(new DockerFiles(_state).ComposeFile);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _containers.DisposeAsync();
        Directory.Delete(_state, recursive: true);
    }

    [Fact]
    public async Task Credential_IssuedInContainers_IsValidAtEveryInstitution_UntilRevoked()
    {
        var network = await StartOrSkipAsync();
        await Seed.RunAsync(network, Cancelled);
        RunningInstitution[] institutions = [.. network.Institutions.Select(entry => new RunningInstitution(
            entry.MspId, entry.Name, entry.Domain, entry.Country!, entry.GatewayUrl, entry.ApiKey, entry.PeerEndpoint,
            entry.PeerTlsCa, entry.UserCert, entry.UserKey))];
        var issued = await institutions[0].IssueAsync(Registrar.Request("data-literacy", "Saimi Koski"));
        foreach (var institution in institutions)
        {
            await institution.VerifyUntilAsync(issued.Document, "valid");
        }

        await institutions[0].SendAsync(
            HttpMethod.Post, $"{issued.Location}/revocation", new { reason = "issuedInError" });
        await institutions[1].VerifyUntilAsync(issued.Document, "invalid", "revoked");
    }

    private async Task<NetworkFile> StartOrSkipAsync()
    {
        try
        {
            var engine = new DockerEngine(_state, _containers.StartAsync);
            var consortium = engine.Prepare(SampleConsortium.Read(), freePorts: true);
            var network = Up.Describe(consortium, engine.Name, _state, before: null);
            network.Write(_state);
            await engine.StartAsync(consortium, Cancelled);
            await NetworkProbe.WaitAsync(network, ReachTimeout, Cancelled);
            return network;
        }
        catch (UnavailableException exception)
        {
            Assert.Skip(exception.Message);
            throw;
        }
    }
}
