using System.Globalization;
using System.Security.Cryptography;
using Grpc.Net.Client;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.Protocol.Peer;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Contract;
using MicroCreds.Ledger.Tests.Ledger.Model;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// One organisation of a <see cref="LedgerFixture"/>: its identities, connected to its own peer, and its key.
/// </summary>
internal sealed class LedgerMember : IDisposable
{
    // Of two transactions of one block that write the same new record, the second meets a policy that the first has
    // just set, and fails by that.
    private static readonly SubmitRetryOptions Retries = new()
    {
        MaxAttempts = 10,
        RetriedCodes = new HashSet<TxValidationCode>(new SubmitRetryOptions().RetriedCodes)
        {
            TxValidationCode.EndorsementPolicyFailure,
        },
    };

    private readonly GrpcChannel _channel;
    private readonly List<IDisposable> _opened = [];
    private readonly string _chaincode;
    private readonly FabricGateway _userGateway;
    private readonly OrganizationSettings _organization;

    public LedgerMember(OrganizationSettings organization, string directory, string channel, string chaincode)
    {
        (_organization, Directory, Channel, _chaincode) = (organization, directory, channel, chaincode);
        _channel = PeerChannel.Open(new PeerChannelOptions
        {
            Endpoint = organization.Peer,
            TlsCaPem = File.ReadAllText(PeerTlsCaFile),
            HostNameOverride = $"peer0.{organization.Domain}",
        });
        _userGateway = Connect("User1");
        User = Contract(_userGateway);
        Admin = Contract(Connect("Admin"));
    }

    public string MspId => _organization.MspId;

    public string Domain => _organization.Domain;

    /// <summary>The channel's name.</summary>
    public string Channel { get; }

    /// <summary>The ledger's name, as statements give it.</summary>
    public string Ledger { get; set; } = "";

    /// <summary>The organisation's folder in cryptogen's layout.</summary>
    public string Directory { get; }

    public string PeerEndpoint => _organization.Peer;

    public string PeerTlsCaFile => Path.Combine(Directory, "peers", $"peer0.{_organization.Domain}", "tls", "ca.crt");

    /// <summary>The contract as User1, who has the role issuer.</summary>
    public FabricContract User { get; }

    /// <summary>The contract as the MSP's admin.</summary>
    public FabricContract Admin { get; }

    /// <summary>The gateway as User1.</summary>
    public FabricGateway UserGateway => _userGateway;

    /// <summary>The channel as User1, for its events.</summary>
    public FabricNetwork Network => _userGateway.GetNetwork(Channel);

    /// <summary>
    /// The private half of the key that <see cref="RegisterAsync"/> registers as <see cref="KeyId"/>.
    /// </summary>
    public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string KeyId { get; } = "key-1";

    /// <summary>The institution's record as it is first written.</summary>
    public Institution Institution => new()
    {
        MspId = MspId,
        Name = _organization.Name,
        Country = _organization.Country!,
        Did = $"did:web:{Domain}",
        Website = _organization.Website,
    };

    /// <summary>Where a user's certificate and key lie.</summary>
    public (string Certificate, string Key) FilesOf(string user)
    {
        string name = $"{user}@{Domain}";
        string msp = Path.Combine(Directory, "users", name, "msp");
        return (Path.Combine(msp, "signcerts", $"{name}-cert.pem"), Path.Combine(msp, "keystore", "priv_sk"));
    }

    /// <summary>Writes the institution's record and registers <see cref="Key"/>; again, it changes nothing.</summary>
    public async Task RegisterAsync()
    {
        await SubmitAsync<Institution>(Admin, TransactionNames.SetInstitution, Institution);
        await SubmitAsync<Institution>(Admin, TransactionNames.AddKey, SignKey(Key, KeyId));
    }

    /// <summary>All members, itself among them, who confirm who each is.</summary>
    public IEnumerable<LedgerMember> All { get; init; } = [];

    /// <summary>Has the others confirm by a ballot what the institution proposes; nothing if nothing is.</summary>
    public async Task ConfirmAsync()
    {
        var standing = await EvaluateAsync<Institution>(TransactionNames.GetInstitution, MspId);
        if (standing.Proposed is not { } proposed) return;

        // No more than it takes, and last those who have gateways and keys of their own in many tests.
        LedgerMember[] others = [.. All.Where(member => member != this).Reverse()];
        await others[0].EnsureVoterAsync();
        var asked = Agreed.Ballot(others[0], MspId, BallotAction.ConfirmIdentity) with { Identity = proposed.Digest() };
        var ballot = await Agreed.SendAsync(others[0], asked);
        foreach (var other in others.TakeWhile(_ => ballot.State == BallotState.Open))
        {
            await other.EnsureVoterAsync();
            ballot = await Agreed.SendAsync(other, Agreed.Vote(other, asked));
        }
    }

    /// <summary>Registers what it takes to vote, and leaves what is there as it is.</summary>
    public async Task EnsureVoterAsync()
    {
        var page = await EvaluateAsync<Page<Institution>>(TransactionNames.ListInstitutions, Limits.MaxPageSize, "");
        var known = page.Items.FirstOrDefault(institution => institution.MspId == MspId);
        if (known is null) await SubmitAsync<Institution>(Admin, TransactionNames.SetInstitution, Institution);
        if (known?.Keys.Any(key => key.Id == KeyId) != true)
            await SubmitAsync<Institution>(Admin, TransactionNames.AddKey, SignKey(Key, KeyId));
    }

    /// <summary>A new key's statement about itself.</summary>
    public SignedStatement<KeyStatement> SignKey(ECDsa key, string keyId) => TestKeys.Sign(
        new KeyStatement
        {
            Ledger = Ledger,
            MspId = MspId,
            KeyId = keyId,
            PublicKeyMultibase = TestKeys.MultikeyOf(key),
        },
        key);

    public static async Task<Written<T>> SubmitAsync<T>(FabricContract contract, string name, params object[] arguments)
        where T : class
    {
        var options = new ProposalOptions { Arguments = [.. arguments.Select(ToArgument)] };
        return LedgerJson.Deserialize<Written<T>>(await contract.SubmitWithRetryAsync(name, options, Retries));
    }

    /// <summary>Lists all that the member has issued, as its own peer has it.</summary>
    public async Task<IReadOnlyList<IssuanceStatement>> ListIssuancesAsync()
    {
        var found = new List<IssuanceStatement>();
        string bookmark = "";
        do
        {
            var page = await EvaluateAsync<Page<Issuance>>(
                TransactionNames.ListIssuances, MspId, Limits.MaxPageSize, bookmark);
            found.AddRange(page.Items.Select(issuance => issuance.Statement));
            bookmark = page.Next ?? "";
        }
        while (bookmark.Length > 0);
        return found;
    }

    public async Task<T> EvaluateAsync<T>(string name, params object[] arguments)
        where T : class
    {
        var options = new ProposalOptions { Arguments = [.. arguments.Select(ToArgument)] };
        byte[] answer = await User.EvaluateAsync(name, options);
        return LedgerJson.Deserialize<T>(answer);
    }

    /// <summary>Text and bytes as they are, numbers in digits, anything else as JSON.</summary>
    public static TransactionArgument ToArgument(object argument) => argument switch
    {
        string text => text,
        byte[] bytes => bytes,
        int number => number.ToString(CultureInfo.InvariantCulture),
        _ => CanonicalJson.Serialize(argument),
    };

    public void Dispose()
    {
        Key.Dispose();
        foreach (var opened in _opened)
        {
            opened.Dispose();
        }

        _channel.Dispose();
    }

    /// <summary>The contract as any identity: its certificate and private key in PEM.</summary>
    public FabricContract As(string certificatePem, string keyPem) => Contract(Connect(certificatePem, keyPem));

    private FabricContract Contract(FabricGateway gateway) => gateway.GetNetwork(Channel).GetContract(_chaincode);

    private FabricGateway Connect(string user)
    {
        var (certificate, key) = FilesOf(user);
        return Connect(File.ReadAllText(certificate), File.ReadAllText(key));
    }

    private FabricGateway Connect(string certificatePem, string keyPem)
    {
        var signer = PrivateKeySigner.FromPem(keyPem);
        var gateway = FabricGateway.Connect(new GatewayOptions
        {
            Channel = _channel,
            Identity = X509Identity.FromPem(MspId, certificatePem),
            Signer = signer,
        });
        _opened.AddRange([gateway, signer]);
        return gateway;
    }
}
