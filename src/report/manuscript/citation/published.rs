//! The four styles held against examples that those who keep them have published.

use super::*;

fn work(authors: &[&str], title: &str, journal: &str, year: u16, rest: [&str; 4]) -> Reference {
    let [volume, issue, pages, doi] = rest.map(|part| Some(part.to_owned()).filter(|part| !part.is_empty()));
    Reference {
        authors: authors.iter().map(|&author| author.to_owned()).collect(),
        title: title.to_owned(),
        journal: Some(journal.to_owned()),
        year,
        volume,
        issue,
        pages,
        doi,
        ..Reference::default()
    }
}

#[track_caller]
fn is_printed(style: CitationStyle, reference: &Reference, expected: &str) {
    let runs = entry(style, reference, "");
    let marked = runs.iter().map(|run| if run.italic { format!("*{}*", run.text) } else { run.text.clone() });
    assert_eq!(marked.collect::<String>(), expected);
}

/// International Committee of Medical Journal Editors and National Library of Medicine, Samples of Formatted References
/// for Authors of Journal Articles: articles 1 (three authors; more than six), 2 (an organisation), 3 (persons and an
/// organisation), 4 (no author), 6 (volume with supplement), 9 (issue without volume), 11 (Roman numerals). Day and month,
/// which the samples allow to be left out, are.
#[test]
fn vancouver_is_as_published() {
    use CitationStyle::Vancouver;
    let three = work(
        &["Halpern SD", "Ubel PA", "Caplan AL"],
        "Solid-organ transplantation in HIV-infected patients.",
        "New England Journal of Medicine",
        2002,
        ["347", "4", "284-287", ""],
    );
    is_printed(
        Vancouver,
        &three,
        "Halpern SD, Ubel PA, Caplan AL. Solid-organ transplantation in HIV-infected patients. N Engl J Med. \
         2002;347(4):284-7.",
    );
    let many = work(
        &["Rose ME", "Huerbin MB", "Melick J", "Marion DW", "Palmer AM", "Schiding JK", "Kochanek PM", "Graham SH"],
        "Regulation of interstitial excitatory amino acid concentrations after cortical contusion injury",
        "Brain Res",
        2002,
        ["935", "1-2", "40-46", ""],
    );
    is_printed(
        Vancouver,
        &many,
        "Rose ME, Huerbin MB, Melick J, Marion DW, Palmer AM, Schiding JK, et al. Regulation of interstitial excitatory \
         amino acid concentrations after cortical contusion injury. Brain Res. 2002;935(1-2):40-6.",
    );
    let organisation = work(
        &["Diabetes Prevention Program Research Group"],
        "Hypertension, insulin, and proinsulin in participants with impaired glucose tolerance",
        "Hypertension",
        2002,
        ["40", "5", "679-86", ""],
    );
    is_printed(
        Vancouver,
        &organisation,
        "Diabetes Prevention Program Research Group. Hypertension, insulin, and proinsulin in participants with impaired \
         glucose tolerance. Hypertension. 2002;40(5):679-86.",
    );
    let both = work(
        &["Vallancien G", "Emberton M", "Harving N", "van Moorselaar RJ", "Alf-One Study Group"],
        "Sexual dysfunction in 1,274 European men suffering from lower urinary tract symptoms",
        "J Urol",
        2003,
        ["169", "6", "2257-2261", ""],
    );
    is_printed(
        Vancouver,
        &both,
        "Vallancien G, Emberton M, Harving N, van Moorselaar RJ; Alf-One Study Group. Sexual dysfunction in 1,274 \
         European men suffering from lower urinary tract symptoms. J Urol. 2003;169(6):2257-61.",
    );
    let nobody =
        work(&[], "21st century heart solution may have a sting in the tail", "BMJ", 2002, ["325", "7357", "184", ""]);
    is_printed(
        Vancouver,
        &nobody,
        "21st century heart solution may have a sting in the tail. BMJ. 2002;325(7357):184.",
    );
    let supplement = work(
        &["Geraud G", "Spierings EL", "Keywood C"],
        "Tolerability and safety of frovatriptan with short- and long-term use for treatment of migraine and in comparison \
         with sumatriptan",
        "Headache",
        2002,
        ["42 Suppl 2", "", "S93-S99", ""],
    );
    is_printed(
        Vancouver,
        &supplement,
        "Geraud G, Spierings EL, Keywood C. Tolerability and safety of frovatriptan with short- and long-term use for \
         treatment of migraine and in comparison with sumatriptan. Headache. 2002;42 Suppl 2:S93-9.",
    );
    let no_volume = work(
        &["Banit DM", "Kaufer H", "Hartford JM"],
        "Intraoperative frozen section analysis in revision total joint arthroplasty",
        "Clin Orthop",
        2002,
        ["", "401", "230-238", ""],
    );
    is_printed(
        Vancouver,
        &no_volume,
        "Banit DM, Kaufer H, Hartford JM. Intraoperative frozen section analysis in revision total joint arthroplasty. \
         Clin Orthop. 2002;(401):230-8.",
    );
    let roman = work(
        &["Chadwick R", "Schuklenk U"],
        "The politics of ethical consensus finding",
        "Bioethics",
        2002,
        ["16", "2", "iii-v", ""],
    );
    is_printed(
        Vancouver,
        &roman,
        "Chadwick R, Schuklenk U. The politics of ethical consensus finding. Bioethics. 2002;16(2):iii-v.",
    );
}

/// Reference list of Lemoine et al., Front Oncol (2021) 11:736690, as the journal set it: entries 2, 5, 8, 12 and 15.
#[test]
fn frontiers_is_as_published() {
    use CitationStyle::Frontiers;
    let one = work(
        &["Hellman S"],
        "Karmofsky Memorial Lecture. Natural History of Small Breast Cancers",
        "Journal of Clinical Oncology",
        1994,
        ["12", "10", "2229-2234", "10.1200/JCO.1994.12.10.2229"],
    );
    is_printed(
        Frontiers,
        &one,
        "Hellman S. Karmofsky Memorial Lecture. Natural History of Small Breast Cancers. *J Clin Oncol* (1994) \
         12:2229–34. doi: 10.1200/JCO.1994.12.10.2229",
    );
    let electronic = work(
        &["Guckenberger M", "Lievens Y", "Bouma AB", "Collette L", "Dekker A", "deSouza NM", "Dingemans AC"],
        "Characterisation and Classification of Oligometastatic Disease: A European Society for Radiotherapy and Oncology \
         and European Organisation for Research and Treatment of Cancer Consensus Recommendation",
        "Lancet Oncology",
        2020,
        ["21", "1", "e18-e28", "10.1016/S1470-2045(19)30718-1"],
    );
    is_printed(
        Frontiers,
        &electronic,
        "Guckenberger M, Lievens Y, Bouma AB, Collette L, Dekker A, deSouza NM, et al. Characterisation and \
         Classification of Oligometastatic Disease: A European Society for Radiotherapy and Oncology and European \
         Organisation for Research and Treatment of Cancer Consensus Recommendation. *Lancet Oncol* (2020) 21:e18–28. \
         doi: 10.1016/S1470-2045(19)30718-1",
    );
    let four = work(
        &["Milano MT", "Katz AW", "Zhang H", "Okunieff P"],
        "Oligometastases Treated With Stereotactic Body Radiotherapy: Long-Term Follow-Up of Prospective Study",
        "International Journal of Radiation Oncology, Biology, Physics",
        2012,
        ["83", "3", "878-886", "10.1016/j.ijrobp.2011.08.036"],
    );
    is_printed(
        Frontiers,
        &four,
        "Milano MT, Katz AW, Zhang H, Okunieff P. Oligometastases Treated With Stereotactic Body Radiotherapy: Long-Term \
         Follow-Up of Prospective Study. *Int J Radiat Oncol Biol Phys* (2012) 83:878–86. doi: \
         10.1016/j.ijrobp.2011.08.036",
    );
    let article = work(
        &["Fumagalli I", "Bibault JE", "Dewas S", "Kramar A", "Mirabel X", "Prevost B", "Lacornerie T"],
        "A Single-Institution Study of Stereotactic Body Radiotherapy for Patients With Unresectable Visceral Pulmonary or \
         Hepatic Oligometastases",
        "Radiation Oncology",
        2012,
        ["7", "", "164", "10.1186/1748-717X-7-164"],
    );
    is_printed(
        Frontiers,
        &article,
        "Fumagalli I, Bibault JE, Dewas S, Kramar A, Mirabel X, Prevost B, et al. A Single-Institution Study of \
         Stereotactic Body Radiotherapy for Patients With Unresectable Visceral Pulmonary or Hepatic Oligometastases. \
         *Radiat Oncol* (2012) 7:164. doi: 10.1186/1748-717X-7-164",
    );
    let two_digits = work(
        &["Onal C", "Guler OC", "Yildirim BA"],
        "Treatment Outcomes of Breast Cancer Liver Metastasis Treated With Stereotactic Body Radiotherapy",
        "Breast",
        2018,
        ["42", "", "150-156", "10.1016/j.breast.2018.09.006"],
    );
    is_printed(
        Frontiers,
        &two_digits,
        "Onal C, Guler OC, Yildirim BA. Treatment Outcomes of Breast Cancer Liver Metastasis Treated With Stereotactic \
         Body Radiotherapy. *Breast* (2018) 42:150–6. doi: 10.1016/j.breast.2018.09.006",
    );
}

/// AMA Manual of Style, 11th edition, sections 3.7 and 3.11, as the guides of the universities of Northern Colorado,
/// Sacramento State and Florida International quote them: a journal with a DOI (3.11.4), no author, an electronic
/// article, an organisation, persons and an organisation, more than six authors.
#[test]
fn ama_is_as_published() {
    use CitationStyle::Ama;
    let three = work(
        &["Kitajima TS", "Kawashima SA", "Watanabe Y"],
        "The conserved kinetochore protein shugoshin protects centromeric cohesion during meiosis",
        "Nature",
        2004,
        ["427", "6974", "510-517", "10.1038/nature02312"],
    );
    is_printed(
        Ama,
        &three,
        "Kitajima TS, Kawashima SA, Watanabe Y. The conserved kinetochore protein shugoshin protects centromeric cohesion \
         during meiosis. *Nature.* 2004;427(6974):510-517. doi:10.1038/nature02312",
    );
    let nobody = work(
        &[],
        "Incorrect percentages in the abstract",
        "JAMA Oncol",
        2017,
        ["3", "12", "1742", "10.1001/jamaoncol.2017.4368"],
    );
    is_printed(
        Ama,
        &nobody,
        "Incorrect percentages in the abstract. *JAMA Oncol.* 2017;3(12):1742. doi:10.1001/jamaoncol.2017.4368",
    );
    let anonymous = work(
        &["Anonymous"],
        "Care can’t get better until complaints are heard",
        "BMJ",
        2012,
        ["345", "", "e4511", "10.1136/bmj.e4511"],
    );
    is_printed(
        Ama,
        &anonymous,
        "Anonymous. Care can’t get better until complaints are heard. *BMJ.* 2012;345:e4511. doi:10.1136/bmj.e4511",
    );
    let organisation = work(
        &["US Preventive Services Task Force"],
        "Primary care–based interventions to prevent illicit drug use in children, adolescents, and young adults: US \
         Preventive Services Task Force recommendation statement",
        "JAMA",
        2020,
        ["323", "20", "2060–2066", "10.1001/jama.2020.6774"],
    );
    is_printed(
        Ama,
        &organisation,
        "US Preventive Services Task Force. Primary care–based interventions to prevent illicit drug use in children, \
         adolescents, and young adults: US Preventive Services Task Force recommendation statement. *JAMA.* \
         2020;323(20):2060-2066. doi:10.1001/jama.2020.6774",
    );
    let both = work(
        &["Harris DM", "Borsky AE", "CNA Health ACTION Partnership for SATIS-PHI/CRC"],
        "Health care systems for tracking colorectal cancer screening tests",
        "",
        2010,
        ["", "", "", ""],
    );
    is_printed(
        Ama,
        &both,
        "Harris DM, Borsky AE; CNA Health ACTION Partnership for SATIS-PHI/CRC. Health care systems for tracking \
         colorectal cancer screening tests. 2010.",
    );
    let many = work(
        &["Adams PR", "Altes A", "Brissot P", "Butzeck B", "Cabantchik I", "Cancado R", "Distante S"],
        "Therapeutic recommendations in HFE hemochromatosis for p.Cys282Tyr (C282Y/C282Y) homozygous genotype",
        "Hepatol Int",
        2018,
        ["12", "2", "83-86", "10.1007/s12072-018-9855-0"],
    );
    is_printed(
        Ama,
        &many,
        "Adams PR, Altes A, Brissot P, et al. Therapeutic recommendations in HFE hemochromatosis for p.Cys282Tyr \
         (C282Y/C282Y) homozygous genotype. *Hepatol Int.* 2018;12(2):83-86. doi:10.1007/s12072-018-9855-0",
    );
}

/// American Psychological Association, apastyle.apa.org, Journal article references: examples 1, 2 (article number) and 3
/// (missing volume, issue, pages); Publication Manual, 7th edition, examples 4 (more than twenty authors) and 7 (advance
/// online publication).
#[test]
fn apa_is_as_published() {
    use CitationStyle::Apa;
    let five = work(
        &["Grady JS", "Her M", "Moreno G", "Perez C", "Yelinek J"],
        "Emotions in storybooks: A comparison of storybooks that represent ethnic and racial groups in the United States",
        "Psychology of Popular Media Culture",
        2019,
        ["8", "3", "207-217", "10.1037/ppm0000185"],
    );
    is_printed(
        Apa,
        &five,
        "Grady, J. S., Her, M., Moreno, G., Perez, C., & Yelinek, J. (2019). Emotions in storybooks: A comparison of \
         storybooks that represent ethnic and racial groups in the United States. *Psychology of Popular Media Culture, \
         8*(3), 207–217. https://doi.org/10.1037/ppm0000185",
    );
    let article = work(
        &["Jerrentrup A", "Mueller T", "Glowalla U", "Herder M", "Henrichs N", "Neubauer A", "Schaefer JR"],
        "Teaching medicine with the help of “Dr. House.”",
        "PLoS ONE",
        2018,
        ["13", "3", "e0193972", "10.1371/journal.pone.0193972"],
    );
    is_printed(
        Apa,
        &article,
        "Jerrentrup, A., Mueller, T., Glowalla, U., Herder, M., Henrichs, N., Neubauer, A., & Schaefer, J. R. (2018). \
         Teaching medicine with the help of “Dr. House.” *PLoS ONE, 13*(3), Article e0193972. \
         https://doi.org/10.1371/journal.pone.0193972",
    );
    let no_volume = work(
        &["Stegmeir M"],
        "Climate change: New discipline practices promote college access",
        "The Journal of College Admission",
        2016,
        ["", "231", "44-47", ""],
    );
    is_printed(
        Apa,
        &no_volume,
        "Stegmeir, M. (2016). Climate change: New discipline practices promote college access. *The Journal of College \
         Admission,* (231), 44–47.",
    );
    let no_issue = work(
        &["Sanchiz M", "Chevalier A", "Amadieu F"],
        "How do older and young adults start searching for information? Impact of age, domain knowledge and problem \
         complexity on the different steps of information searching",
        "Computers in Human Behavior",
        2017,
        ["72", "", "67-78", "10.1016/j.chb.2017.02.038"],
    );
    is_printed(
        Apa,
        &no_issue,
        "Sanchiz, M., Chevalier, A., & Amadieu, F. (2017). How do older and young adults start searching for information? \
         Impact of age, domain knowledge and problem complexity on the different steps of information searching. \
         *Computers in Human Behavior, 72*, 67–78. https://doi.org/10.1016/j.chb.2017.02.038",
    );
    let no_pages = work(
        &["Butler J"],
        "Where access meets multimodality: The case of ASL music videos",
        "Kairos: A Journal of Rhetoric, Technology, and Pedagogy",
        2017,
        ["21", "1", "", ""],
    );
    is_printed(
        Apa,
        &no_pages,
        "Butler, J. (2017). Where access meets multimodality: The case of ASL music videos. *Kairos: A Journal of \
         Rhetoric, Technology, and Pedagogy, 21*(1).",
    );
    let many = work(
        &[
            "Kalnay E",
            "Kanamitsu M",
            "Kistler R",
            "Collins W",
            "Deaven D",
            "Gandin L",
            "Iredell M",
            "Saha S",
            "White G",
            "Woollen J",
            "Zhu Y",
            "Chelliah M",
            "Ebisuzaki W",
            "Higgins W",
            "Janowiak J",
            "Mo KC",
            "Ropelewski C",
            "Wang J",
            "Leetmaa A",
            "Reynolds R",
            "Jenne R",
            "Joseph D",
        ],
        "The NCEP/NCAR 40-year reanalysis project",
        "Bulletin of the American Meteorological Society",
        1996,
        ["77", "3", "437-471", ""],
    );
    is_printed(
        Apa,
        &many,
        "Kalnay, E., Kanamitsu, M., Kistler, R., Collins, W., Deaven, D., Gandin, L., Iredell, M., Saha, S., White, G., \
         Woollen, J., Zhu, Y., Chelliah, M., Ebisuzaki, W., Higgins, W., Janowiak, J., Mo, K. C., Ropelewski, C., Wang, \
         J., Leetmaa, A., . . . Joseph, D. (1996). The NCEP/NCAR 40-year reanalysis project. *Bulletin of the American \
         Meteorological Society, 77*(3), 437–471.",
    );
    let ahead = work(
        &["Huestegge SM", "Raettig T", "Huestegge L"],
        "Are face-incongruent voices harder to process? Effects of face–voice gender incongruency on basic cognitive \
         information processing",
        "Experimental Psychology",
        2019,
        ["", "", "", "10.1027/1618-3169/a000440"],
    );
    is_printed(
        Apa,
        &ahead,
        "Huestegge, S. M., Raettig, T., & Huestegge, L. (2019). Are face-incongruent voices harder to process? Effects of \
         face–voice gender incongruency on basic cognitive information processing. *Experimental Psychology*. Advance \
         online publication. https://doi.org/10.1027/1618-3169/a000440",
    );
}

/// What the published examples leave out, by the rules of the same sources: a name with rank and particle, an article that
/// is ahead of print (Vancouver as PubMed cites it), seven authors exactly.
#[test]
fn names_and_stages_follow_the_rules() {
    let ranked = work(&["Smith JA Jr", "van der Berg P-J"], "T", "J", 2020, ["1", "", "1-2", ""]);
    is_printed(CitationStyle::Vancouver, &ranked, "Smith JA Jr, van der Berg PJ. T. J. 2020;1:1-2.");
    is_printed(CitationStyle::Apa, &ranked, "Smith, J. A., Jr., & van der Berg, P.-J. (2020). T. *J, 1*, 1–2.");
    let ahead = work(&["Kaul S"], "T", "J Clin Oncol", 2023, ["", "", "", "10.1200/1"]);
    is_printed(CitationStyle::Vancouver, &ahead, "Kaul S. T. J Clin Oncol. 2023. doi: 10.1200/1. Epub ahead of print.");
    is_printed(CitationStyle::Frontiers, &ahead, "Kaul S. T. *J Clin Oncol* (2023). doi: 10.1200/1");
    is_printed(CitationStyle::Ama, &ahead, "Kaul S. T. *J Clin Oncol.* Published online 2023. doi:10.1200/1");
    let authors = ["A A", "B B", "C C", "D D", "E E", "F F", "G G"];
    let (six, seven) = (work(&authors[..6], "T", "J", 2020, [""; 4]), work(&authors, "T", "J", 2020, [""; 4]));
    let begins = |style, work: &Reference| entry(style, work, "")[0].text.split(" T.").next().unwrap_or("").to_owned();
    assert_eq!(begins(CitationStyle::Vancouver, &six), "A A, B B, C C, D D, E E, F F.");
    assert_eq!(begins(CitationStyle::Vancouver, &seven), "A A, B B, C C, D D, E E, F F, et al.");
    assert_eq!(begins(CitationStyle::Ama, &six), "A A, B B, C C, D D, E E, F F.");
    assert_eq!(begins(CitationStyle::Ama, &seven), "A A, B B, C C, et al.");
}

#[test]
fn marks_follow_the_style() {
    let works: Vec<(String, Reference)> = (0..6_u16)
        .map(|at| {
            let author = ["van der Berg PJ", "Milano MT"][usize::from(at % 2)];
            (format!("w{at}"), work(&[author, "Zhang H", "Okunieff P"], "T", "J", 2010 + at / 4, ["", "", "", ""]))
        })
        .collect();
    let mut bibliography = Bibliography::default();
    for (id, reference) in &works {
        bibliography.cite(id, reference);
    }
    let marks = CitationStyle::ALL.iter().flat_map(|style| bibliography.mark(*style, &["w4", "w0", "w3", "w5"]));
    assert_eq!(
        marks.collect::<Vec<_>>(),
        [
            Run::plain("(1,4–6)"),
            Run::plain("(1, 4–6)"),
            Run { raised: true, ..Run::plain("1,4-6") },
            Run::plain(
                "(Milano et al., 2010b; Milano et al., 2011; van der Berg et al., 2010a; van der Berg et al., 2011)"
            ),
        ]
    );
}

/// Publication Manual, 7th edition, 8.18: two works of one year whose citations would shorten alike (its own example), and
/// works of the same authors and year.
#[test]
fn apa_tells_works_apart() {
    let kapoor = |others: &[&str], title| work(&[&["Kapoor A"], others].concat(), title, "J", 2017, [""; 4]);
    let works = [
        ("a", kapoor(&["Bloom B", "Montez K", "Warner D", "Hill E"], "A")),
        ("b", kapoor(&["Bloom B", "Zucker C", "Tang D", "Daniels F"], "B")),
        ("c", work(&["Hasan X", "Liang Y", "Kahn Z", "Jones-Miller W"], "C", "J", 2015, [""; 4])),
        ("d", work(&["Hasan X", "Liang Y", "Kahn Z", "Weintraub W"], "D", "J", 2015, [""; 4])),
        ("e", work(&[], "Why", "J", 2015, [""; 4])),
    ];
    let mut bibliography = Bibliography::default();
    for (id, reference) in &works {
        bibliography.cite(id, reference);
    }
    let mark = |id| bibliography.mark(CitationStyle::Apa, &[id])[0].text.clone();
    assert_eq!(mark("a"), "(Kapoor, Bloom, Montez, et al., 2017)");
    assert_eq!(mark("b"), "(Kapoor, Bloom, Zucker, et al., 2017)");
    assert_eq!(mark("c"), "(Hasan, Liang, Kahn, & Jones-Miller, 2015)");
    assert_eq!(mark("d"), "(Hasan, Liang, Kahn, & Weintraub, 2015)");
    assert_eq!(mark("e"), "(“Why,” 2015)");
}
