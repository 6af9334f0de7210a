namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>A file that a learner takes along.</summary>
/// <param name="Name">What a person would call it.</param>
/// <param name="MediaType">What it is.</param>
/// <param name="Content">What is in it.</param>
public sealed record LearnerFile(string Name, string MediaType, byte[] Content);
