using System.Text.Json;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Ledger.Bundles;
using MicroCreds.Ledger.Bundles.Evidence;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using Status = MicroCreds.Ledger.Model.Status;

namespace MicroCreds.Ledger.Gateway.Publishing;

/// <summary>Makes offline bundles of any institution's credentials, from the peer's blocks. Thread-safe.</summary>
public sealed class BundleMaker(
    LedgerProjection projection, ProjectedRecords records, ProjectionFollower follower, ILedgerConnection connection,
    LedgerIdentity identity, GatewayServiceOptions options)
    : IDisposable
{
    /// <summary>
    /// How many blocks are fetched from the peer at a time: making bundles needs no login, and must leave the peer to
    /// those who issue.
    /// </summary>
    private const int MaxFetches = 4;

    /// <summary>How often records are read anew because the ledger moved while they were read.</summary>
    private const int MaxAttempts = 10;

    private readonly SemaphoreSlim _fetches = new(MaxFetches);
    private volatile Configuration? _configuration;

    /// <summary>Makes a bundle.</summary>
    /// <param name="credential">The credential: an object, or the text of a compact form.</param>
    /// <param name="read">The same, as it was read.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="ProblemException">The ledger has no such issuance.</exception>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be asked.</exception>
    public async Task<OfflineBundle> MakeAsync(
        JsonElement credential, ReadCredential read, CancellationToken cancellationToken)
    {
        var (mspId, root, index) = (read.Anchor.MspId, read.Anchor.Root, read.Anchor.Index);
        var found = Find(mspId, root, index, read.Achievement);
        var issuance = await EndorsedAsync(
            RecordKey.Issuance(mspId, root), found.Issuance.Written, cancellationToken);
        var institution = await EndorsedAsync(
            RecordKey.Institution(mspId), found.Institution.Written, cancellationToken);
        var status = found.Status is { } said
            ? await EndorsedAsync(RecordKey.Status(mspId, root, index), said.Written, cancellationToken)
            : null;
        var accreditation = found.Accreditation is { } known
            ? await EndorsedAsync(known, read.Achievement, mspId, cancellationToken)
            : null;
        var statement = new Witness
        {
            Ledger = identity.Name,
            MspId = options.MspId,
            Root = root,
            Index = index,
            AsOf = found.AsOf,
            Issuance = WitnessSignature.OfRecord(issuance),
            Institution = WitnessSignature.OfRecord(institution),
            Status = WitnessSignature.OfRecord(status),
            Achievement = WitnessSignature.OfRecord(accreditation?.Achievement),
            Consortium = WitnessSignature.OfRecord(accreditation?.Consortium),
            Granted = WitnessSignature.OfRecord(accreditation?.Granted),
            Accreditor = WitnessSignature.OfRecord(accreditation?.Accreditor),
        };
        var (certificate, signature) = await connection.SignAsync(
            WitnessSignature.BytesToSign(statement), cancellationToken);
        return new OfflineBundle
        {
            Credential = credential,
            Issuance = issuance,
            Institution = institution,
            Status = status,
            Accreditation = accreditation,
            Witness = new SignedWitness(statement, certificate, Convert.ToBase64String(signature)),
            Roots = await TrustAsync(cancellationToken),
        };
    }

    /// <summary>Reads the members' roots from the channel's configuration.</summary>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be asked.</exception>
    public async Task<LedgerTrust> TrustAsync(CancellationToken cancellationToken)
    {
        ulong newest = await connection.GetNewestBlockAsync(cancellationToken);
        ulong number = ChannelMembers.ConfigurationOf(await ReadBlockAsync(newest, cancellationToken));
        var configuration = _configuration;
        if (configuration?.Block != number)
        {
            var block = await ReadBlockAsync(number, cancellationToken);
            _configuration = configuration = new Configuration(number, ChannelMembers.Read(block));
        }

        return new LedgerTrust
        {
            Ledger = identity.Name,
            Chaincode = options.Chaincode,
            Members = configuration.Members,
        };
    }

    public void Dispose() => _fetches.Dispose();

    private Found Find(string mspId, string root, int index, AchievementReference achievement)
    {
        for (int attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            // Taken first: what is read afterwards is at least as new. If it is newer, it is read again.
            if (!follower.IsCurrent || projection.Head is not { } asOf)
                throw new LedgerUnavailableException("The projection is behind the ledger.");
            if (records.FindIssuance(mspId, root) is not { } issuance || index >= issuance.Record.Statement.Size)
            {
                throw new ProblemException(
                    ProblemKind.NotFound, "No issuance on the ledger commits to this credential, or it is not here "
                    + "yet: ask again in a moment.");
            }

            var institution = records.FindInstitution(mspId)
                ?? throw new ProblemException(ProblemKind.NotFound, "The credential's issuer is not on the ledger.");
            var status = records.FindStatusRecord(mspId, root, index);
            var accreditation = BundledFindings.Find(records, projection, identity.Name, issuance, achievement);
            ulong newest = Math.Max(
                Math.Max(issuance.Written.Block, institution.Written.Block),
                Math.Max(status?.Written.Block ?? 0, accreditation?.NewestBlock ?? 0));
            if (newest <= asOf.Block)
                return new Found(asOf, issuance, institution, status, accreditation);
        }

        throw new LedgerUnavailableException("The records change faster than they are read.");
    }

    private async Task<BundledAccreditation> EndorsedAsync(
        BundledFindings found, AchievementReference achievement, string mspId, CancellationToken cancellationToken) =>
        new()
        {
            Achievement = await EndorsedAsync(
                RecordKey.Achievement(mspId, achievement.Id, achievement.Version), found.Achievement.Written,
                cancellationToken),
            Consortium = found.Consortium is { } consortium
                ? await EndorsedAsync(RecordKey.Consortium(), consortium.Written, cancellationToken)
                : null,
            Granted = found.Granted is { Record: var granted, Written: var at }
                ? await EndorsedAsync(
                    RecordKey.Accreditation(granted.MspId, granted.Accreditor, granted.Id), at, cancellationToken)
                : null,
            Accreditor = found.Accreditor is { } accreditor
                ? await EndorsedAsync(
                    RecordKey.Institution(accreditor.Record.MspId), accreditor.Written, cancellationToken)
                : null,
        };

    private async Task<EndorsedRecord> EndorsedAsync(
        RecordKey key, LedgerPosition written, CancellationToken cancellationToken)
    {
        var block = await ReadBlockAsync(written.Block, cancellationToken);
        var envelope = block.Data.Data[written.Position];
        byte[] record = EndorsedTransaction.Read(envelope.Memory)
            .FindWrite(options.Chaincode, CompositeKey.Create(key.ObjectType, key.Attributes))
            ?? throw new InvalidDataException(
                $"The transaction at block {written.Block}, position {written.Position} did not write what the "
                + "projection says it did: remove projection.db; it grows again by itself.");
        using var json = JsonDocument.Parse(record);
        return new EndorsedRecord
        {
            Record = json.RootElement.Clone(),
            Block = written.Block,
            Position = written.Position,
            BlockHash = Convert.ToHexStringLower(BlockHash.OfHeader(block.Header)),
            Time = written.Time,
            Transaction = envelope.ToBase64(),
        };
    }

    private async Task<Block> ReadBlockAsync(ulong number, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(LedgerView.PeerTimeout);
        try
        {
            await _fetches.WaitAsync(deadline.Token);
            try
            {
                await foreach (var block in connection.ReadBlocksAsync(number, deadline.Token))
                    return block;
            }
            finally
            {
                _fetches.Release();
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LedgerUnavailableException("The peer did not hand out a block in time.", exception);
        }

        throw new LedgerUnavailableException($"The peer did not hand out block {number}.");
    }

    private sealed record Configuration(ulong Block, IReadOnlyList<TrustedMember> Members);

    private sealed record Found(
        LedgerMoment AsOf, ProjectedRecord<Issuance> Issuance, ProjectedRecord<Institution> Institution,
        ProjectedRecord<Status>? Status, BundledFindings? Accreditation);
}
