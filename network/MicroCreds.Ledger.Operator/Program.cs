using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator;

try
{
    return args switch
    {
        ["up", .. var options] => await Up.RunAsync(UpOptions.Parse(options), Interrupted()),
        ["down", .. var options] => await Down.RunAsync(DownOptions.Parse(options)),
        ["status", .. var options] => await Status.RunAsync(
            StateOption.Parse("status", options)["--state"], Interrupted()),
        ["sign-in", .. var options] => await SignInLink.RunAsync(options, Interrupted()),
        ["doctor", .. var options] => await Doctor.RunAsync(options, Interrupted()),
        ["deploy", .. var options] => await Deploy.RunAsync(options, Interrupted()),
        ["add-institution", .. var options] => await AddInstitution.RunAsync(options, Interrupted()),
        ["request-membership", .. var options] => await Membership.RequestAsync(options, Interrupted()),
        ["sign-request", .. var options] => await Membership.SignAsync(options, Interrupted()),
        ["admit-institution", .. var options] => await Membership.AdmitAsync(options, Interrupted()),
        ["join-consortium", .. var options] => await Membership.JoinAsync(options, Interrupted()),
        ["remove-institution", .. var options] => await RemoveInstitution.RunAsync(options, Interrupted()),
        ["upgrade", .. var options] => await Upgrade.RunAsync(options, Interrupted()),
        ["enroll", .. var options] => await Enrolment.EnrolAsync(options, Interrupted()),
        ["reenroll", .. var options] => await Enrolment.ReenrolAsync(options, Interrupted()),
        ["revoke", .. var options] => await Enrolment.RevokeAsync(options, Interrupted()),
        ["renew", .. var options] => await Renew.RunAsync(options, Interrupted()),
        ["backup", .. var options] => await Backup.BackUpAsync(options, Interrupted()),
        ["restore", .. var options] => await Backup.RestoreAsync(options, Interrupted()),
        _ => throw new OperatorException(
            "Say what to do: up, down, status, sign-in, doctor, deploy, upgrade, add-institution, request-membership, "
            + "sign-request, admit-institution, join-consortium, remove-institution, enroll, reenroll, revoke, renew, "
            + $"backup or restore, not \"{string.Join(' ', args)}\"."),
    };
}
catch (UnavailableException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 69; // EX_UNAVAILABLE of sysexits.h: tests that need the engine are skipped.
}
catch (Exception exception) when (exception is OperatorException or DevNetworkException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

static CancellationToken Interrupted()
{
    var source = new CancellationTokenSource();
    Console.CancelKeyPress += (_, pressed) =>
    {
        pressed.Cancel = true;
        source.Cancel();
    };
    return source.Token;
}
