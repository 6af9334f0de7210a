using System.Security.Cryptography;
using System.Text.Json;
using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Log.Standing;
using MicroCreds.Ledger.Log.Tiles;
using MicroCreds.Ledger.Log.Witnessing;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// Verifying credentials by the proofs that they carry, each for the first time: in a log of 100,000 leaves, of which
/// 10,000 say something of a credential, under heads that three members and a witness signed. By the processor's time,
/// as <see cref="Forms"/> measures the signatures that this does without.
/// </summary>
internal static class CarriedProofs
{
    private const int Leaves = 100_000;
    private const int Spoken = 10_000;
    private const int PerIssuance = 50;
    private const int WarmingRounds = 15;
    private const double PerSecond = 25_000;

    private static readonly string[] Members = ["AuroraMSP", "LindenMSP", "TejoMSP"];

    public static async Task MeasureAsync(Bench bench)
    {
        var cohort = new FormCohort();
        var (log, issued) = Issue(cohort, bench.Options.Count(4_000, 1_000));
        using var signers = new Signers();
        var note = await signers.SignAsync(log.Head());
        var carried = issued.ConvertAll(one => (one.Document, Proof: log.Prove(one, note)));
        var options = new LogProofOptions { Trust = signers.Trust };
        var (remembered, first, bytes) = (new List<double>(), new List<double>(), new List<double>());

        // The first rounds are not counted: code is still being compiled.
        for (int i = 0; i < WarmingRounds + bench.Options.Rounds; i++)
        {
            var verifier = new LogProofVerifier(TimeProvider.System, options);
            Verify(verifier, [carried[0]]);
            double known = Rate(() => Verify(verifier, carried), carried.Count);
            var some = carried.Take(carried.Count / 4).ToList();
            double unknown = Rate(
                () => some.ForEach(one => Verify(new LogProofVerifier(TimeProvider.System, options), [one])),
                some.Count);
            if (i < WarmingRounds) continue;
            remembered.Add(known);
            first.Add(unknown);
            bytes.Add(carried.Average(one => one.Proof.Length));
        }

        bench.Report.Add(new Row
        {
            Name = "verifying by a proof, under a head verified before, per core",
            Unit = "/s",
            Rounds = remembered,
            Target = Target.AtLeast(PerSecond),
        });
        bench.Report.Add(new Row { Name = "  under a head never seen before", Unit = "/s", Rounds = first });
        bench.Report.Add(new Row { Name = "  bytes of a proof", Unit = "B", Rounds = bytes });
    }

    private static double Rate(Action verify, int count)
    {
        var used = Environment.CpuUsage.TotalTime;
        verify();
        return count / (Environment.CpuUsage.TotalTime - used).TotalSeconds;
    }

    private static void Verify(LogProofVerifier verifier, IReadOnlyList<(byte[] Document, byte[] Proof)> carried)
    {
        foreach (var (document, proof) in carried)
        {
            var verdict = verifier.Verify(document, proof);
            if (verdict.Kind != VerdictKind.Valid)
                throw new BenchmarkException("A credential is not valid by its proof: " + verdict.Headline);
        }
    }

    /// <summary>Issues credentials, some in each issuance, each of which has a leaf among many.</summary>
    private static (Log Log, List<(byte[] Document, Issuance Issuance, int Index)> Issued) Issue(
        FormCohort cohort, int count)
    {
        var log = new Log(cohort.Institution);
        var issued = new List<(byte[], Issuance, int)>();
        for (int done = 0; done < count; done += PerIssuance)
        {
            var stored = cohort.Issue(FormCohort.Requests(PerIssuance));
            var issuance = cohort.Issuance;
            log.Add(issuance);
            issued.AddRange(stored.Select(one => (cohort.Complete(one), issuance, one.Leaf)));
        }

        return (log, issued);
    }

    /// <summary>The log.</summary>
    private sealed class Log
    {
        private readonly TileGrowth _growth = new(0, _ => default);
        private readonly LogStanding _standing = LogStanding.New();
        private readonly Dictionary<string, (long Number, LogLeaf Leaf)> _issuances = new(StringComparer.Ordinal);
        private TiledTree? _tree;

        public Log(Institution institution)
        {
            for (int i = 0; i < Leaves; i++) _growth.Append(RandomNumberGenerator.GetBytes(MerkleTree.HashLength));
            for (int i = 0; i < Spoken; i++)
            {
                byte[] key = LogStanding.KeyOf("LindenMSP", new string('a', 64), i);
                _standing.Credentials.Put(key, "{}"u8.ToArray());
            }

            Take(LeafOf(LeafTypes.Identity) with
            {
                Record = Element(new IdentityLeaf(institution.MspId, 0, institution.Identities[0])),
            });
        }

        public void Add(Issuance issuance)
        {
            var leaf = LeafOf(IssuanceStatement.TypeName) with
            {
                Statement = Element(issuance.Statement),
                Signature = issuance.Signature,
                TransactionId = issuance.TransactionId,
            };
            _issuances[issuance.Statement.Root] = (_growth.Size, leaf);
            Take(leaf);
        }

        public LogHead Head()
        {
            var tiles = _growth.Changed.ToDictionary(one => (one.Tile.Level, one.Tile.Index), one => one.Hashes);
            _tree = new TiledTree(_growth.Size, tile => tiles[(tile.Level, tile.Index)]);
            return new LogHead(FormCohort.Options.Ledger, _growth.Size, _tree.Root())
            {
                Extensions = _standing.Roots().ToLines(),
            };
        }

        /// <summary>The proof as a learner's file has it beside the credential.</summary>
        public byte[] Prove((byte[] Document, Issuance Issuance, int Index) one, SignedNote head)
        {
            var statement = one.Issuance.Statement;
            var (number, leaf) = _issuances[statement.Root];
            var evidence = new LogProofEvidence
            {
                Leaf = leaf,
                Credential = _standing.Credentials.Prove(LogStanding.KeyOf(statement.MspId, statement.Root, one.Index)),
                Issuer = _standing.Issuers.Prove(LogStanding.KeyOf(statement.MspId)),
            };
            return new LogProofFile(number, _tree!.InclusionProof(number), evidence, head)
                .ToBytes(CredentialReader.Read(one.Document));
        }

        private void Take(LogLeaf leaf)
        {
            _growth.Append(MerkleTree.LeafHash(leaf.ToBytes()));
            _standing.Take(leaf);
        }

        private LogLeaf LeafOf(string type) => new()
        {
            Block = _growth.Size,
            Moment = FormCohort.IssuedAt,
            Position = 0,
            TransactionId = new string('c', 64),
            Type = type,
        };

        private static JsonElement Element<T>(T value) => JsonSerializer.SerializeToElement(value, LedgerJson.Options);
    }

    /// <summary>Those who sign heads.</summary>
    private sealed class Signers : IDisposable
    {
        private readonly List<(IssuerPrivateKey Key, string Name, NoteSigner Signer)> _all = [];

        public Signers()
        {
            foreach (string member in Members) Add(member, MemberCosigner.NameOf(FormCohort.Options.Ledger, member));
            Add("witness.example", "witness.example");
        }

        public LogTrust Trust => new()
        {
            Ledger = FormCohort.Options.Ledger,
            Members = [.. _all.Take(Members.Length).Select(Trusted)],
            Witnesses = [Trusted(_all[^1])],
            WitnessesNeeded = 1,
            MembersNeeded = Members.Length,
        };

        public async Task<SignedNote> SignAsync(LogHead head)
        {
            var signatures = new List<NoteSignature>();
            foreach (var (_, _, signer) in _all)
                signatures.Add(await signer.SignAsync(head.ToText(), DateTimeOffset.UtcNow));
            return new SignedNote(head.ToText(), signatures);
        }

        public void Dispose() => _all.ForEach(one => one.Key.Dispose());

        private void Add(string name, string signs)
        {
            var key = IssuerPrivateKey.Generate(KeyAlgorithm.Ed25519);
            _all.Add((key, name, new NoteSigner(signs, NoteKeyType.Cosignature, key)));
        }

        private static TrustedCosigner Trusted((IssuerPrivateKey Key, string Name, NoteSigner Signer) one) =>
            new() { Name = one.Name, Keys = [new CosignerKey($"{one.Signer.Key}")] };
    }
}
