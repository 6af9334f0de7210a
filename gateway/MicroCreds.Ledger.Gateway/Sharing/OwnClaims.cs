using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Mailing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>
/// Leads learners to what was issued for them from the page on which they asked for it. Thread-safe.
/// </summary>
public sealed class OwnClaims(
    Claims claims, Holdings holdings, SignIn signIn, GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>Whether learners may take anything over from here.</summary>
    public bool AreOpen => options.Learners.Allows(LearnerChannels.Claims);

    /// <summary>
    /// Leads to the credential itself where the device has it, and otherwise to where it takes it over.
    /// </summary>
    /// <param name="context">The learner's request.</param>
    /// <param name="credential">What was issued; none if nothing was.</param>
    public async Task<IResult> LeadAsync(HttpContext context, Guid? credential)
    {
        if (!AreOpen || credential is not { } id) return LearnerPages.Gone(context);
        if (LearnerDevice.Of(context, signIn) is { } device && holdings.Find(device, id) is { } held)
            return PageAnswers.Lead(context, $"{LearnerPages.MineAddress}/{held.Id}");
        return await claims.MakeAsync(id, time.GetUtcNow(), options.Learners.ClaimLifetime) is { } claim
            ? PageAnswers.Lead(context, MailSender.ClaimAddress + claim) : LearnerPages.Gone(context);
    }
}
