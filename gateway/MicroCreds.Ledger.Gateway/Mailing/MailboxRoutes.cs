using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;

namespace MicroCreds.Ledger.Gateway.Mailing;

/// <summary>
/// /mailbox: the mails to learners, on a gateway that somebody tries and that sends none. On this computer alone.
/// </summary>
public static class MailboxRoutes
{
    public static void MapMailbox(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/mailbox", (HttpContext context, Mailbox mailbox, GatewayServiceOptions options) =>
                options.Learners.IsMailbox && SignIn.IsLocal(context)
                    ? PageAnswers.Give<MailboxPage>(
                        context, PageVisit.Of(context), (nameof(MailboxPage.Mails), mailbox.List()))
                    : throw new ProblemException(ProblemKind.UnknownAddress, "There is no mailbox here."))
            .Unaudited("It is for whoever tries a gateway on one's own computer; none that sends mails has it.")
            .ExcludeFromDescription();
}
