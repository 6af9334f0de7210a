using System.Text;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Agreeing;

/// <summary>
/// Whose word agreements with other consortia take: the trust file that was agreed, or what the other consortium's own
/// heads renewed it to. Thread-safe.
/// </summary>
public sealed class AbroadTrusts(RenewedTrusts kept, TimeProvider time)
{
    /// <summary>How many leaves the log had that a version's trust file was renewed by last; 0 if it was not.</summary>
    public long SizeOf(AgreementStatement terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return kept.Find(terms.Id, terms.Version)?.Size ?? 0;
    }

    /// <summary>Gives the trust file of a version, as it is now.</summary>
    /// <exception cref="StrictJsonException">It cannot be read.</exception>
    public LogTrust Of(AgreementStatement terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return LogTrust.Read(
            kept.Find(terms.Id, terms.Version)?.Trust ?? Encoding.UTF8.GetBytes(terms.Abroad!.Trust));
    }

    /// <summary>Refuses terms with a trust file that cannot be read: no credential would ever be verified by it.
    /// </summary>
    /// <exception cref="ProblemException">It cannot be read; nothing was changed.</exception>
    public static void RequireReadable(AbroadConsortium? abroad)
    {
        if (abroad is null) return;
        try
        {
            LogTrust.Read(Encoding.UTF8.GetBytes(abroad.Trust));
        }
        catch (StrictJsonException e)
        {
            throw ProblemException.Invalid("/abroad/trust", $"It is no trust file that can be read. {e.Message}");
        }
    }

    /// <summary>Renews the trust file of an agreement's accepted version.</summary>
    /// <returns>What it is now.</returns>
    /// <exception cref="ProblemException">
    /// It is no agreement with another consortium, or the renewal is not signed as it must be, or goes back; nothing
    /// was changed.
    /// </exception>
    public async Task<LogTrust> RenewAsync(Agreement agreement, byte[] renewal)
    {
        ArgumentNullException.ThrowIfNull(agreement);
        if (agreement.Accepted?.Terms is not { Abroad: not null } terms)
        {
            throw new ProblemException(
                ProblemKind.Conflict,
                "The agreement is with no other consortium, or not accepted yet: there is no trust file to renew.");
        }

        LogTrust renewed;
        try
        {
            var oldest = time.GetUtcNow() - TimeSpan.FromMinutes(terms.Abroad!.MaxHeadAgeMinutes);
            renewed = TrustRenewal.Parse(renewal).Renew(Of(terms), oldest);
        }
        catch (Exception e) when (e is FormatException or StrictJsonException)
        {
            throw new ProblemException(ProblemKind.InvalidRequest, $"{e.Message} Nothing was changed.");
        }

        return await kept.KeepAsync(new RenewedTrust(
            terms.Id, terms.Version, renewed.Size!.Value, CanonicalJson.Serialize(renewed)))
            ? renewed
            : throw new ProblemException(
                ProblemKind.Conflict, "A later head renewed it meanwhile, or a later version was accepted.");
    }
}
