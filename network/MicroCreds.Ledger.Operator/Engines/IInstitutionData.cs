namespace MicroCreds.Ledger.Operator.Engines;

/// <summary>
/// What an institution's peer and gateway keep: below a state directory as the native engine has it, in volumes
/// elsewhere. Both must be stopped.
/// </summary>
internal interface IInstitutionData
{
    /// <summary>Makes it readable as files.</summary>
    /// <returns>The directory that <see cref="InstitutionParts"/> are below.</returns>
    /// <exception cref="OperatorException">There is none.</exception>
    Task<string> OpenAsync(CancellationToken cancellation);

    /// <summary>Ends what <see cref="OpenAsync"/> began.</summary>
    void Close();

    /// <summary>Puts what lies below a directory in the place of what there is, which is kept beside it.</summary>
    Task ReplaceAsync(string source, CancellationToken cancellation);
}
