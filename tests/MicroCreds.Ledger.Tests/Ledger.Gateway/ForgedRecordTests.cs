using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>
/// Blocks as peers that act together would write them: they endorse whatever they like, but have no other's key.
/// </summary>
public sealed class ForgedRecordTests : IAsyncDisposable
{
    private const string Ledger = "credentials";
    private const string Id = "AMSP.pair";

    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] All = ["AMSP", "BMSP", "CMSP"];

    private readonly Dictionary<string, IssuerPrivateKey> _keys =
        All.ToDictionary(mspId => mspId, _ => IssuerPrivateKey.Generate());

    private readonly IssuerPrivateKey _forger = IssuerPrivateKey.Generate();
    private readonly GatewayServiceOptions _options = new()
    {
        MspId = "AMSP",
        Channel = Ledger,
        PeerEndpoint = "127.0.0.1:1",
        PeerTlsCa = "",
        UserCert = "",
        UserKey = "",
        DataDirectory = Directory.CreateTempSubdirectory("forged-").FullName,
    };

    private LedgerProjection? _projection;
    private int _hour;

    private LedgerProjection Mirror => _projection!;

    [Fact]
    public async Task Acceptance_InAnothersName_BindsNobody_AndIsNamed()
    {
        await StartAsync();
        var terms = await ProposeAsync();
        await AcceptAsync(terms, _forger);
        Assert.Equal(["BMSP"], Mirror.Shared.Agreements.Find(Id)!.Newest.Awaits);
        var disregarded = Assert.Single(Mirror.Shared.Agreements.DisregardedOf(Id));
        Assert.Equal(StatementStanding.Forged, disregarded.Standing);
    }

    [Fact]
    public async Task Acceptance_OfOtherWords_BindsNobody()
    {
        await StartAsync();
        var terms = await ProposeAsync();
        await AcceptAsync(terms with { NoticeDays = 0 }, _keys["BMSP"]);
        Assert.Null(Mirror.Shared.Agreements.Find(Id)!.Accepted);
    }

    [Fact]
    public async Task Notice_InAnothersName_EndsNothing()
    {
        await StartAsync();
        var terms = await ProposeAsync();
        await AcceptAsync(terms, _keys["BMSP"]);
        await LeaveAsync(_forger, Begin);
        Assert.Null(Mirror.Shared.Agreements.Find(Id)!.LeavesAt("BMSP"));
    }

    [Fact]
    public async Task Notice_SaidToHaveEndedLongAgo_TakesEffectAsAgreed()
    {
        await StartAsync();
        await AcceptAsync(await ProposeAsync(), _keys["BMSP"]);
        var given = await LeaveAsync(_keys["BMSP"], Begin.AddYears(-3));
        var leaves = Mirror.Shared.Agreements.Find(Id)!.LeavesAt("BMSP");
        Assert.Equal(given.AddDays(30) - KeyRule.ClockSkew, leaves);
    }

    [Fact]
    public async Task Acceptance_IsAsOldAsItsBlock_AndNoneIfItsKeyWasStolenByThen()
    {
        await StartAsync();
        var terms = await ProposeAsync();
        var accepted = await AcceptAsync(terms, _keys["BMSP"]);
        await ReopenAsync();
        Assert.Equal(accepted, Mirror.Shared.Agreements.Find(Id)!.Accepted!.AcceptedAt);
        Assert.Single(Mirror.Shared.Agreements.Between("AMSP", "BMSP"));

        await WriteAsync(RecordKey.Institution("BMSP"), InstitutionOf("BMSP", stolen: accepted.AddMinutes(1)));
        Assert.NotNull(Mirror.Shared.Agreements.Find(Id)!.Accepted);
        await WriteAsync(RecordKey.Institution("BMSP"), InstitutionOf("BMSP", stolen: accepted));
        Assert.Null(Mirror.Shared.Agreements.Find(Id)!.Accepted);
        Assert.Equal(
            StatementStanding.KeyNotInForce, Assert.Single(Mirror.Shared.Agreements.DisregardedOf(Id)).Standing);
    }

    [Fact]
    public async Task Proposal_InAnothersName_IsNoAgreement()
    {
        await StartAsync();
        await ProposeAsync(_forger);
        Assert.Null(Mirror.Shared.Agreements.Find(Id));
        Assert.Empty(Mirror.Shared.Agreements.Of("BMSP"));
    }

    [Fact]
    public async Task Accreditor_AdmittedByVotesThatNobodyCast_IsNone()
    {
        await StartAsync();
        await AdmitAsync(_keys["AMSP"], _forger);
        Assert.Empty(Mirror.Shared.Consortium.Accreditors);
        Assert.Equal("CMSP", Assert.Single(Mirror.Shared.UnbackedAccreditors).MspId);
        await AdmitAsync(_keys["AMSP"], _keys["BMSP"]);
        Assert.Single(Mirror.Shared.Consortium.Accreditors);
        await ReopenAsync();
        Assert.Single(Mirror.Shared.Consortium.Accreditors);
    }

    [Fact]
    public async Task Accreditor_AdmittedByTheThiefOfAKey_IsNone_AndAnEarlierVoteCountsAlsoAfterARestart()
    {
        await StartAsync();
        await AdmitAsync(_keys["AMSP"], _keys["BMSP"]);

        // The first vote came two blocks before the last; the record itself was written anew since.
        var voted = Begin.AddHours(_hour - 2);
        await WriteAsync(RecordKey.Institution("AMSP"), InstitutionOf("AMSP", stolen: voted.AddMinutes(1)));
        await ReopenAsync();
        Assert.Single(Mirror.Shared.Consortium.Accreditors);
        await WriteAsync(RecordKey.Institution("AMSP"), InstitutionOf("AMSP", stolen: voted));
        Assert.Empty(Mirror.Shared.Consortium.Accreditors);
    }

    [Fact]
    public async Task Accreditor_RemovedWithoutVotes_StaysOne_AndItsTermIsToldByBlocks()
    {
        await StartAsync();
        await AdmitAsync(_keys["AMSP"], _keys["BMSP"]);
        var decided = Begin.AddHours(_hour - 1);
        var term = Assert.Single(Mirror.Shared.Consortium.Accreditors);
        Assert.Equal(decided, term.Since);
        var forged = new BallotStatement
        {
            Ledger = Ledger,
            MspId = "AMSP",
            Id = "AMSP.remove",
            Action = BallotAction.RemoveAccreditor,
            Subject = "CMSP",
            ClosesAt = Begin.AddDays(30),
            KeyId = "k",
        };
        await WriteAsync(RecordKey.Ballot(forged.Id), new Ballot
        {
            Statement = forged,
            Signature = Sign(forged, _keys["AMSP"]).Signature,
            ProposedAt = Begin,
            Votes = [VoteOf("AMSP", forged, _keys["AMSP"]), VoteOf("BMSP", forged, _forger)],
            State = BallotState.Accepted,
            DecidedAt = Begin,
            Majority = 2,
            TransactionId = "t",
        });
        await WriteAsync(RecordKey.Consortium(), new Consortium
        {
            Accreditors = [term with { Since = Begin.AddYears(-1), Until = Begin, RemovedBy = forged.Id }],
        });
        await ReopenAsync();
        term = Assert.Single(Mirror.Shared.Consortium.Accreditors);
        Assert.Equal((decided, (DateTimeOffset?)null), (term.Since, term.Until));
    }

    public async ValueTask DisposeAsync()
    {
        if (_projection is not null) await _projection.DisposeAsync();
        foreach (var key in _keys.Values.Append(_forger)) key.Dispose();
        Directory.Delete(_options.DataDirectory, recursive: true);
    }

    private static SignedStatement<T> Sign<T>(T statement, IssuerPrivateKey key)
        where T : class => new(statement, Statements.EncodeSignature(key.Sign(Statements.BytesToSign(statement))));

    private static AgreementPart Part() => new() { WrittenAt = Begin, TransactionId = "t" };

    private async Task StartAsync()
    {
        _projection = LedgerProjection.Open(_options);
        await WriteAsync(RecordKey.Founding(), new Founding { Ledger = Ledger, Members = All });
        foreach (string mspId in All) await WriteAsync(RecordKey.Institution(mspId), InstitutionOf(mspId));
    }

    private async Task ReopenAsync()
    {
        await Mirror.DisposeAsync();
        _projection = LedgerProjection.Open(_options);
    }

    private Institution InstitutionOf(string mspId, DateTimeOffset? stolen = null) => new()
    {
        MspId = mspId,
        Name = mspId,
        Country = "FI",
        Did = $"did:web:{mspId}.example",
        Keys =
        [
            new SigningKey
            {
                Id = "k",
                PublicKeyMultibase = _keys[mspId].PublicKeyMultibase,
                ValidFrom = Begin,
                CompromisedSince = stolen,
            },
        ],
    };

    private async Task<AgreementStatement> ProposeAsync(IssuerPrivateKey? by = null)
    {
        var terms = new AgreementStatement
        {
            Ledger = Ledger,
            MspId = "AMSP",
            Id = Id,
            Version = 1,
            Name = "A pair",
            Parties = ["AMSP", "BMSP"],
            Clauses = [new AgreementClause { Id = "all" }],
            ValidFrom = Begin,
            NoticeDays = 30,
            KeyId = "k",
        };
        await WriteAsync(
            RecordKey.AgreementProposal(Id, 1), Part() with { Proposal = Sign(terms, by ?? _keys["AMSP"]) });
        return terms;
    }

    private Task<DateTimeOffset> AcceptAsync(AgreementStatement terms, IssuerPrivateKey by) => WriteAsync(
        RecordKey.AgreementAcceptance(Id, 1, "BMSP"),
        Part() with
        {
            Acceptance = Sign(
                new AcceptanceStatement
                {
                    Ledger = Ledger,
                    MspId = "BMSP",
                    Agreement = Id,
                    Version = 1,
                    Digest = StatementDigest.Of(terms),
                    KeyId = "k",
                },
                by),
        });

    private Task<DateTimeOffset> LeaveAsync(IssuerPrivateKey by, DateTimeOffset endsAt) => WriteAsync(
        RecordKey.AgreementNotice(Id, "BMSP"),
        Part() with
        {
            EndsAt = endsAt,
            Notice = Sign(
                new NoticeStatement { Ledger = Ledger, MspId = "BMSP", Agreement = Id, KeyId = "k" }, by),
        });

    private async Task AdmitAsync(IssuerPrivateKey first, IssuerPrivateKey second)
    {
        var asked = new BallotStatement
        {
            Ledger = Ledger,
            MspId = "CMSP",
            Id = "CMSP.admit",
            Action = BallotAction.AdmitAccreditor,
            Subject = "CMSP",
            ClosesAt = Begin.AddDays(30),
            KeyId = "k",
        };
        var proposed = Sign(asked, _keys["CMSP"]);
        var open = new Ballot
        {
            Statement = asked,
            Signature = proposed.Signature,
            ProposedAt = Begin,
            Votes = [VoteOf("AMSP", asked, first)],
            State = BallotState.Open,
            TransactionId = "t",
        };
        var key = RecordKey.Ballot("CMSP.admit");
        await WriteAsync(key, open);
        await WriteAsync(key, open with
        {
            Votes = [.. open.Votes, VoteOf("BMSP", asked, second)],
            State = BallotState.Accepted,
            DecidedAt = Begin,
            Majority = 2,
        });
        await WriteAsync(RecordKey.Consortium(), new Consortium
        {
            Accreditors = [new AccreditorTerm { MspId = "CMSP", Since = Begin, Ballot = "CMSP.admit" }],
        });
    }

    private static Vote VoteOf(string mspId, BallotStatement asked, IssuerPrivateKey by)
    {
        var vote = Sign(
            new VoteStatement
            {
                Ledger = Ledger,
                MspId = mspId,
                Ballot = asked.Id,
                Digest = StatementDigest.Of(asked),
                Approve = true,
                KeyId = "k",
            },
            by);
        return new Vote(vote.Statement, vote.Signature, Begin);
    }

    private static string OwnerOf(object record) => record switch
    {
        Institution institution => institution.MspId,
        Accreditation accreditation => accreditation.Accreditor,
        AgreementPart { Proposal.Statement.MspId: var mspId } => mspId,
        AgreementPart { Acceptance.Statement.MspId: var mspId } => mspId,
        AgreementPart { Notice.Statement.MspId: var mspId } => mspId,
        _ => All[0],
    };

    /// <summary>Writes a record in a block of its own, an hour after the one before, and gives its moment.</summary>
    private async Task<DateTimeOffset> WriteAsync<T>(RecordKey key, T record, string? creator = null)
        where T : class
    {
        var time = Begin.AddHours(++_hour);
        var write = new LedgerWrite(
            CompositeKey.Create(key.ObjectType, key.Attributes), CanonicalJson.Serialize(record));
        ulong number = Mirror.NextBlock;
        await Mirror.ApplyAsync(new LedgerBlock(
            number, time.ToUnixTimeMilliseconds(),
            [
                new LedgerTransaction($"t{number}", 0, time.ToUnixTimeMilliseconds(), [write], null)
                {
                    Creator = creator ?? OwnerOf(record),
                },
            ])
        {
            Hash = [(byte)number],
            PreviousHash = [(byte)(number - 1)],
        });
        return time;
    }
}
