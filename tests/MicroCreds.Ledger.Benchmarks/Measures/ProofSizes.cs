using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Filters;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Log.Standing;
using MicroCreds.Ledger.Log.Witnessing;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// Bytes of proofs that go along with credentials, in logs of a thousand to a hundred million statements; bytes of the
/// filter of all that is not in force, and what it costs. In this process, without a network.
/// </summary>
internal static class ProofSizes
{
    private const int Million = 1_000_000;
    private const int SaidShare = 100;
    private const int Institutions = 24;

    public static Task MeasureAsync(Bench bench)
    {
        var cohort = new FormCohort();
        var credential = CredentialReader.Read(cohort.Complete(cohort.Issue(FormCohort.Requests(100))[0]));
        for (long statements = 1_000; statements <= 100_000_000; statements *= 10)
        {
            var proof = ProofIn(statements, cohort);
            bench.Report.Add(new Row
            {
                Name = $"proof in a log of {statements:N0} statements, beside its credential",
                Unit = "B",
                Rounds = [proof.ToBytes(credential).Length],
                Target = statements == Million ? Target.AtMost(3 * 1024) : null,
                Note = "of a hundredth something was said; the log, three members and a witness signed",
            });
            bench.Report.Add(new Row
            {
                Name = "  as it is handed out to who does not show the credential",
                Unit = "B",
                Rounds = [proof.ToBytes().Length],
            });
        }

        foreach (int issuance in new[] { 1, 100, Million }) MeasureFilter(bench, issuance);
        return Task.CompletedTask;
    }

    /// <summary>With as many hashes as ways in trees of such a size have on average.</summary>
    private static LogProofFile ProofIn(long statements, FormCohort cohort)
    {
        var issuance = cohort.Issuance;
        string ledger = issuance.Statement.Ledger;
        var leaf = new LogLeaf
        {
            Block = statements / 10,
            Moment = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
            Position = 3,
            TransactionId = issuance.TransactionId,
            Type = IssuanceStatement.TypeName,
            Statement = JsonSerializer.SerializeToElement(issuance.Statement, LedgerJson.Options),
            Signature = issuance.Signature,
        };
        byte[] issuer = CanonicalJson.Serialize(
            new IssuerStanding
            {
                Names = [new IssuerName(0, cohort.Institution.Did, cohort.Institution.Name)],
            });
        var evidence = new LogProofEvidence
        {
            Leaf = leaf,
            Credential = new StandingProof
            {
                Siblings = Siblings(statements / SaidShare),
                Other = RandomNumberGenerator.GetBytes(64),
            },
            Issuer = new StandingProof { Siblings = Siblings(Institutions), Value = issuer },
        };
        var roots = new StandingRoots(statements / SaidShare, Hash(), Institutions, Hash());
        var head = new LogHead(ledger, statements, Hash()) { Extensions = roots.ToLines() };
        var path = Enumerable.Range(0, (int)Math.Ceiling(Math.Log2(statements))).Select(_ => Hash());
        var note = new SignedNote(head.ToText(), [.. Signatures(ledger)]);
        return new LogProofFile(statements - 1, [.. path], evidence, note);
    }

    private static byte[] Hash() => RandomNumberGenerator.GetBytes(MerkleTree.HashLength);

    private static ReadOnlyMemory<byte>[] Siblings(long keys) =>
        [.. Enumerable.Range(0, (int)Math.Ceiling(Math.Log2(keys)) + 1).Select(_ => (ReadOnlyMemory<byte>)Hash())];

    private static IEnumerable<NoteSignature> Signatures(string ledger)
    {
        const int Plain = 64, Cosigned = 72;
        yield return new NoteSignature(ledger, 1, RandomNumberGenerator.GetBytes(Plain));
        foreach (string mspId in new[] { "AuroraMSP", "LindenMSP", "MeridianMSP" })
        {
            yield return new NoteSignature(
                MemberCosigner.NameOf(ledger, mspId), 1, RandomNumberGenerator.GetBytes(Cosigned));
        }

        yield return new NoteSignature("witness.example", 1, RandomNumberGenerator.GetBytes(Cosigned));
    }

    private static void MeasureFilter(Bench bench, int issuance)
    {
        var random = new Random(20261130);
        var listed = Take(random, issuance, Million / SaidShare);
        string name = $"filter of a million credentials, 1 % not in force, {issuance:N0} an issuance";
        var (made, changed, asked) = (new List<double>(), new List<double>(), new List<double>());
        byte[] bytes = [];
        for (int round = 0; round < bench.Options.Rounds; round++)
        {
            long begin = Stopwatch.GetTimestamp();
            var filter = StatusFilter.Empty.With(listed);
            bytes = filter.ToBytes();
            made.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            var block = Take(random, issuance, 10);
            begin = Stopwatch.GetTimestamp();
            filter.With(block).Hash();
            changed.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            begin = Stopwatch.GetTimestamp();
            var read = StatusFilter.Parse(bytes);
            if (!listed.Take(100).All(one => read.Lists(one.Leaf, one.Index)))
                throw new BenchmarkException("The filter does not list what it was made of.");
            asked.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        bench.Report.Add(new Row
        {
            Name = name,
            Unit = "B",
            Rounds = [bytes.Length],
            Target = Target.AtMost(20 * 1024),
        });
        bench.Report.Add(new Row
        {
            Name = "  a thousand changes",
            Unit = "B",
            Rounds = [StatusFilter.Empty.With(Take(random, issuance, Million / 1000)).ToBytes().Length],
            Target = Target.AtMost(3 * 1024),
        });
        bench.Report.Add(new Row { Name = "  made anew", Unit = "ms", Rounds = made });
        bench.Report.Add(new Row
        {
            Name = "  after a block with ten changes, with its hash",
            Unit = "ms",
            Rounds = changed,
        });
        bench.Report.Add(new Row { Name = "  read, and asked about 100 credentials", Unit = "ms", Rounds = asked });
    }

    private static HashSet<FilterEntry> Take(Random random, int issuance, int count)
    {
        var taken = new HashSet<FilterEntry>();
        while (taken.Count < count)
        {
            int ordinal = random.Next(Million);
            taken.Add(new FilterEntry(ordinal / issuance, ordinal % issuance));
        }

        return taken;
    }
}
