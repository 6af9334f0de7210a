using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.CertificateAuthorities;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.DevNetwork.Orderer;

namespace MicroCreds.Fabric.Testing.Running;

/// <summary>The organisations of a test's channel: their authorities, and their peers' identities. Thread-safe.
/// </summary>
internal sealed class LocalMembers : IDisposable
{
    private readonly Dictionary<string, CertificateAuthority> _authorities;
    private readonly Dictionary<string, Identity> _peers;
    private readonly MspRegistry _registry;

    /// <param name="organizations">The MSP ids.</param>
    /// <param name="now">When their certificates begin.</param>
    public LocalMembers(IEnumerable<string> organizations, DateTimeOffset now)
    {
        _authorities = organizations.ToDictionary(
            mspId => mspId, mspId => CertificateAuthority.Create($"ca.{mspId}", mspId, country: null, now));
        _registry = new MspRegistry(_authorities.Select(authority => Define(authority.Key, authority.Value)));
        _peers = _authorities.Keys.ToDictionary(
            mspId => mspId, mspId => Resolve(Issue(mspId, "peer0", "peer").Creator));
        var orderer = _authorities.Values.First().IssueIdentity("orderer", "orderer");
        Assembler = new BlockAssembler(
            ByteString.CopyFromUtf8(orderer.CertificatePem), new Signer(orderer.KeyPem));
    }

    /// <summary>Makes the blocks.</summary>
    public BlockAssembler Assembler { get; }

    /// <summary>Their MSP ids.</summary>
    public IEnumerable<string> MspIds => _authorities.Keys;

    /// <summary>Gives the identity of an organisation's peer.</summary>
    /// <exception cref="FabricTestException">There is no such organisation.</exception>
    public Identity PeerOf(string mspId) => Find(_peers, mspId);

    /// <summary>Issues a client's certificate, with attributes as Fabric CA writes them.</summary>
    /// <exception cref="FabricTestException">There is no such organisation.</exception>
    public TestClient Issue(
        string mspId, string name, string unit, IReadOnlyDictionary<string, string>? attributes = null)
    {
        string? json = attributes is null
            ? null
            : JsonSerializer.Serialize(new Dictionary<string, object> { ["attrs"] = attributes });
        return new TestClient(mspId, name, Find(_authorities, mspId).IssueIdentity(name, unit, json).CertificatePem);
    }

    public Identity Resolve(ByteString creator) => _registry.TryResolve(creator, out var identity, out string? error)
        ? identity
        : throw new FabricTestException($"This client is of another test's ledger: {error}.");

    public void Dispose()
    {
        foreach (var authority in _authorities.Values) authority.Dispose();
    }

    private static MspDefinition Define(string mspId, CertificateAuthority authority) => new()
    {
        MspId = mspId,
        Root = X509Certificate2.CreateFromPem(authority.Own.CertificatePem),
        RootPem = authority.Own.CertificatePem,
        TlsRootPem = authority.Own.CertificatePem,
    };

    private static T Find<T>(Dictionary<string, T> all, string mspId) => all.TryGetValue(mspId, out var one)
        ? one
        : throw new FabricTestException(
            $"\"{mspId}\" is no organisation of this channel. Its organisations are {string.Join(", ", all.Keys)}.");
}
