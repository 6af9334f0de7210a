using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Google.Protobuf;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Msp;
using MicroCreds.Fabric.Protocol.Peer;
using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Benchmarks.Running;
using Transaction = MicroCreds.Fabric.Protocol.Peer.Transaction;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// Networks of more members, of which a majority endorses: how fast one of them issues by single requests, and what the
/// transaction of one costs whoever commits it.
/// </summary>
internal static class LargeConsortia
{
    private const int Registrars = 32;
    private const int Largest = 24;
    private const double TimesTarget = 20;
    private const string Issue = "Issue";

    private static readonly int[] Sizes = [4, 12, Largest];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async Task MeasureAsync(Bench bench)
    {
        foreach (int members in Sizes)
        {
            var network = await BenchNetwork.StartLargeAsync(bench.Options, members);
            try
            {
                await MeasureIssuingAsync(bench, network, members);
                await MeasureTransactionAsync(bench, network, members);
            }
            finally
            {
                await BenchNetwork.DownAsync(network.State);
            }
        }
    }

    private static async Task MeasureIssuingAsync(Bench bench, BenchNetwork network, int members)
    {
        using var cohorts = new Cohorts(network.Issuer);
        await cohorts.PublishAsync(Registrars);
        await cohorts.IssueSinglyAsync(Registrars, Registrars);
        await cohorts.IssueApartAsync(Registrars, Registrars);
        var (lone, apart, together) = (new List<double>(), new List<double>(), new List<double>());
        int count = bench.Options.Count(20, 5);
        for (int i = 0; i < bench.Options.Rounds; i++)
        {
            lone.Add((await cohorts.RequestSinglyAsync(count, 1, _ => Cohorts.SampleAchievement)).P50Milliseconds);
            apart.Add((await cohorts.IssueApartAsync(Registrars * 2, Registrars)).PerSecond);
            together.Add(await cohorts.IssueSinglyAsync(count * Registrars, Registrars));
        }

        bench.Report.Add(new Row { Name = $"{members} members: a lone credential, p50", Unit = "ms", Rounds = lone });
        Report($"  credentials/s, a transaction each, {Registrars} at once", "/s", apart);
        Report($"  credentials/s, anchored together, {Registrars} at once", "/s", together);
        bench.Report.Add(new Row
        {
            Name = "  anchored together \u00f7 a transaction each",
            Rounds = [.. together.Zip(apart, (all, each) => all / each)],
            Target = members == Largest ? Target.AtLeast(TimesTarget) : null,
        });

        void Report(string name, string unit, IReadOnlyList<double> rounds) =>
            bench.Report.Add(new Row { Name = name, Unit = unit, Rounds = rounds });
    }

    private static async Task MeasureTransactionAsync(Bench bench, BenchNetwork network, int members)
    {
        var issue = await FindIssueAsync(network);
        var times = new List<double>();

        // The first round is not counted: code is still being compiled.
        for (int i = -1; i < bench.Options.Rounds; i++)
        {
            var used = Environment.CpuUsage.TotalTime;
            int count = bench.Options.Count(100, 10);
            for (int j = 0; j < count; j++) issue.Verify();
            if (i >= 0) times.Add((Environment.CpuUsage.TotalTime - used).TotalMilliseconds / count);
        }

        Add("  signatures of a transaction that issues", "", issue.Signatures);
        Add("  bytes of a transaction that issues", "B", issue.Bytes);
        bench.Report.Add(new Row
        {
            Name = $"  processor time of its {issue.Signatures} signatures, for each who commits it",
            Unit = "ms",
            Rounds = times,
        });

        void Add(string name, string unit, double value) =>
            bench.Report.Add(new Row { Name = $"{name}, {members} members", Unit = unit, Rounds = [value] });
    }

    /// <summary>Reads the peer's blocks from the first on, to the first transaction that issues.</summary>
    private static async Task<ReadTransaction> FindIssueAsync(BenchNetwork network)
    {
        var issuer = network.Issuer;
        using var channel = PeerChannel.Open(new PeerChannelOptions
        {
            Endpoint = issuer.PeerEndpoint,
            TlsCaPem = await File.ReadAllTextAsync(issuer.PeerTlsCa),
            HostNameOverride = $"peer0.{issuer.Domain}",
        });
        using var signer = PrivateKeySigner.FromPemFile(issuer.UserKey);
        using var gateway = FabricGateway.Connect(new GatewayOptions
        {
            Channel = channel,
            Identity = X509Identity.FromPemFile(issuer.MspId, issuer.UserCert),
            Signer = signer,
        });
        using var deadline = new CancellationTokenSource(Patience);
        var blocks = gateway.GetNetwork(network.Channel).GetBlockEvents(
            new EventOptions { StartBlock = 0 }, deadline.Token);
        await foreach (var block in blocks)
        {
            foreach (var bytes in block.Data.Data)
            {
                if (ReadTransaction.TryRead(bytes) is { } found) return found;
            }
        }

        throw new BenchmarkException("The peer has no transaction that issues.");
    }

    /// <summary>A transaction and its signatures, as who commits it checks them.</summary>
    private sealed class ReadTransaction
    {
        private readonly List<(ECDsa Key, byte[] Message, byte[] Signature)> _signed = [];

        public int Bytes { get; private init; }

        public int Signatures => _signed.Count;

        public static ReadTransaction? TryRead(ByteString bytes)
        {
            var envelope = Envelope.Parser.ParseFrom(bytes);
            var payload = Payload.Parser.ParseFrom(envelope.Payload);
            var header = ChannelHeader.Parser.ParseFrom(payload.Header.ChannelHeader);
            if (header.Type != (int)HeaderType.EndorserTransaction) return null;
            var action = ChaincodeActionPayload.Parser.ParseFrom(
                Transaction.Parser.ParseFrom(payload.Data).Actions[0].Payload);
            var proposal = ChaincodeProposalPayload.Parser.ParseFrom(action.ChaincodeProposalPayload);
            var call = ChaincodeInvocationSpec.Parser.ParseFrom(proposal.Input).ChaincodeSpec.Input;
            if (call.Args[0].ToStringUtf8() != Issue) return null;
            var read = new ReadTransaction { Bytes = bytes.Length };
            var creator = SignatureHeader.Parser.ParseFrom(payload.Header.SignatureHeader).Creator;
            read.Add(creator, envelope.Payload.ToByteArray(), envelope.Signature);
            byte[] response = action.Action.ProposalResponsePayload.ToByteArray();
            foreach (var one in action.Action.Endorsements)
                read.Add(one.Endorser, [.. response, .. one.Endorser], one.Signature);
            return read;
        }

        public void Verify()
        {
            foreach (var (key, message, signature) in _signed)
            {
                if (!key.VerifyData(
                    message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))
                    throw new BenchmarkException("A signature on the ledger is not valid.");
            }
        }

        private void Add(ByteString identity, byte[] message, ByteString signature)
        {
            using var certificate = X509Certificate2.CreateFromPem(
                Encoding.ASCII.GetString(SerializedIdentity.Parser.ParseFrom(identity).IdBytes.ToByteArray()));
            _signed.Add((certificate.GetECDsaPublicKey()!, message, signature.ToByteArray()));
        }
    }
}
